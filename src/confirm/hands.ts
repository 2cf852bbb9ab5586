import type { TableName } from "../model/family.js";
import type { Table } from "../model/table.js";
import { writeRulesFile } from "../persistence/rules-files.js";
import { withDeadMan, withoutDeadMan } from "./dead-man.js";
import type { Hands } from "./pending.js";
import type { CommitPart } from "./state.js";

/** As much of a firewall as a change needs that was made by another process. */
export interface Reopened {
  transaction(name: TableName, edit: (table: Table) => Table | undefined): Promise<void>;
  saveChunks(): AsyncIterable<string>;
  close(): void;
}
export type Reopen = (part: CommitPart, netns: string | undefined) => Promise<Reopened>;

/** What is done to firewalls once their change is confirmed, or gets more time. */
export const handsWith = (reopen: Reopen): Hands => ({
  async prepare({ id, parts }, netns) {
    const opened: { part: CommitPart; firewall: Reopened }[] = [],
      close = (): void => {
        for (const { firewall } of opened) firewall.close();
      };
    try {
      for (const part of parts) opened.push({ part, firewall: await reopen(part, netns) });
    } catch (error) {
      close();
      throw error;
    }
    async function eachTable(edit: (table: Table) => Table): Promise<void> {
      for (const { part, firewall } of opened)
        for (const name of part.tables)
          await firewall.transaction(name, (table) => {
            const next = edit(table);
            return next === table ? undefined : next;
          });
    }
    return {
      close,
      async finish() {
        await eachTable((table) => withoutDeadMan(table, id));
        for (const { part, firewall } of opened)
          if (part.save !== undefined) await writeRulesFile(part.save, firewall.saveChunks());
      },
      async postpone(peers, deadline) {
        if (peers.length === 0) return;
        await eachTable((table) => withDeadMan(withoutDeadMan(table, id), peers, id, deadline));
      },
    };
  },
});
