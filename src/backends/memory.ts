import { EventEmitter, once } from "node:events";
import { RampartError } from "../errors.js";
import type { Counters } from "../model/counters.js";
import type { Draft } from "../model/draft.js";
import { type Family, type Policy, TABLE_NAMES, type TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Rule } from "../model/rule.js";
import { throwIfAborted } from "../model/slices.js";
import { emptyTable, type Table } from "../model/table.js";
import type { Backend, Replacement } from "./backend.js";
import { encodeTable } from "./legacy/encode.js";
import { sameRuleFor } from "./same-rule.js";

/**
 * Tables that live in this process: for tests of code that uses Rampart, and for trying an edit before it is real.
 * What no kernel could hold is refused as in a kernel; nothing is filtered.
 */
export function memoryBackend(names: Names): Backend {
  const tables = new Map<string, { readonly table: Table; readonly version: number }>();
  const key = (family: Family, name: TableName) => `${family} ${name}`;
  const versionOf = (family: Family, name: TableName) => tables.get(key(family, name))?.version ?? 0;
  const writes = new EventEmitter().setMaxListeners(0);
  let queue: Promise<unknown> = Promise.resolve();

  const unlocked: Backend = {
    name: "memory",
    tables: async (family) =>
      [...tables.values()]
        .map(({ table }) => table)
        .filter((t) => t.family === family)
        .map((t) => t.name),
    async read(family, name) {
      const held = tables.get(key(family, name));
      const table = held?.table ?? emptyTable(family, name);
      return table.withOrigin(held?.version ?? 0, sameRuleFor(family, names));
    },
    async check(next, { signal } = {}) {
      for (const table of next) await encodeTable(table, { names, signal, sets: anySet });
    },
    rehearse: (next, options) => unlocked.check(next, options),
    async write(next, { signal } = {}) {
      await unlocked.check(next, { signal });
      throwIfAborted("write", signal);
      for (const { origin, family, name } of next)
        if (origin && origin.token !== versionOf(family, name))
          throw new RampartError("conflict", { family, table: name });
      for (const table of next) {
        const at = key(table.family, table.name),
          old = tables.get(at);
        tables.set(at, { table: settle(table, old?.table), version: (old?.version ?? 0) + 1 });
      }
      writes.emit("write");
    },
    async replace(family, fill, options) {
      const begun: MemoryReplacement[] = [];
      await fill((table) => {
        const replacement = new MemoryReplacement(family, table);
        begun.push(replacement);
        return replacement;
      });
      for (const one of begun) await unlocked.write([one.table()], options);
    },
    async *watch(family, { signal }) {
      const known = new Map<TableName, number>();
      while (!signal.aborted) {
        const changed = TABLE_NAMES.filter((name) => known.get(name) !== versionOf(family, name));
        for (const name of changed) known.set(name, versionOf(family, name));
        if (changed.length > 0)
          yield { tables: await Promise.all(changed.map((name) => unlocked.read(family, name))), by: [] };
        else await once(writes, "write", { signal }).catch(() => {});
      }
    },
    exclusive: (work) => work(unlocked),
    restorePoint: () =>
      Promise.reject(
        new RampartError("guard", { problem: "tables in memory need none: they end with this process" }),
      ),
    close() {},
  };
  return {
    ...unlocked,
    exclusive(work) {
      const turn = queue.then(() => work(unlocked));
      queue = turn.catch(() => {});
      return turn;
    },
  };
}

/** Here nothing is gained by forgetting rules, so they are kept until the table is made. */
class MemoryReplacement implements Replacement {
  readonly #family: Family;
  readonly #name: TableName;
  readonly #steps: ((draft: Draft) => void)[] = [];
  constructor(family: Family, name: TableName) {
    this.#family = family;
    this.#name = name;
  }
  chain(name: string, policy: Policy | undefined, counters: Counters): void {
    this.#steps.push((draft) => {
      if (!draft.has(name) || !draft.chain(name).builtIn) draft.newChain(name);
      else if (policy) draft.policy(name, policy, counters);
    });
  }
  rule(chain: string, rule: Rule): void {
    this.#steps.push((draft) => draft.append(chain, [rule]));
  }
  table(): Table {
    return emptyTable(this.#family, this.#name, { policy: undefined }).edit((draft) => {
      for (const step of this.#steps) step(draft);
    });
  }
}

/** No kernel, no sets: any name will do. */
const anySet = { index: () => 0, name: (index: number) => `#${index}` };

/** A policy that a rule set leaves open stays what it was. */
const settle = (table: Table, old: Table | undefined): Table =>
  table.edit((draft) => {
    for (const chain of table.chains)
      if (table.isBuiltIn(chain) && !table.policyOf(chain))
        draft.policy(chain, old?.policyOf(chain) ?? "ACCEPT");
  });
