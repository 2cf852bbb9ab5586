import { isRampartError, RampartError } from "../errors.js";
import { ZERO_COUNTERS } from "../model/counters.js";
import type { Draft } from "../model/draft.js";
import type { Table } from "../model/table.js";
import type { Command, TableSection } from "./commands.js";

export interface ApplyOptions {
  /** As `iptables-restore -n`: a user chain that is named again is emptied. Without it, that is an error. */
  readonly noflush?: boolean | undefined;
  /** What to call the text in errors. */
  readonly file?: string | undefined;
  /** The text that the section was parsed from, so that errors can show the line. */
  readonly text?: string | undefined;
}

/**
 * What a section of a rules file makes of a table, its commands taken in order.
 *
 * @throws `syntax` at the line that cannot be carried out: a rule number out of range, a chain still in use, …
 */
export function applySection(section: TableSection, base: Table, options: ApplyOptions = {}): Table {
  return base.edit((draft) => {
    for (const command of section.commands) {
      try {
        apply(draft, command, options.noflush ?? false);
      } catch (error) {
        throw isRampartError(error) ? placed(error, command.line, options) : error;
      }
    }
  });
}

function apply(draft: Draft, command: Command, noflush: boolean): void {
  switch (command.command) {
    case "chain":
      return beginChain(draft, command, noflush);
    case "append":
      return draft.adopt(command.chain, command.rules);
    case "insert":
      // One after the other at the same number, as iptables does it: the last comes first.
      return draft.insert(command.chain, command.number, command.rules.toReversed());
    case "replace":
      return draft.replace(command.chain, command.number, command.rule);
    case "delete":
      for (const rule of typeof command.rule === "number" ? [command.rule] : command.rule)
        draft.delete(command.chain, rule);
      return;
    case "check":
      for (const rule of command.rules)
        if (draft.find(command.chain, rule) === 0)
          throw new RampartError("no-such-rule", { table: draft.name, chain: command.chain });
      return;
    case "flush":
      return draft.flush(command.chain);
    case "zero":
      return draft.zero(command.chain, command.number);
    case "new-chain":
      return draft.newChain(command.chain);
    case "delete-chain":
      return draft.deleteChain(command.chain);
    case "rename-chain":
      return draft.renameChain(command.chain, command.to);
    case "policy":
      return draft.policy(command.chain, command.policy, command.counters);
    case "list":
      if (command.chain !== undefined) draft.chain(command.chain);
      return;
  }
}

function beginChain(
  draft: Draft,
  { chain, policy, counters = ZERO_COUNTERS }: Extract<Command, { command: "chain" }>,
  noflush: boolean,
): void {
  const known = draft.has(chain);
  if (!known) draft.newChain(chain);
  else if (draft.chain(chain).builtIn) {
    if (policy) draft.policy(chain, policy, counters);
  } else if (noflush) draft.flush(chain);
  else throw new RampartError("chain-exists", { table: draft.name, chain });
}

function placed(error: RampartError, line: number, { file, text }: ApplyOptions): RampartError {
  const source = text?.split("\n", line)[line - 1]?.trimEnd() ?? "";
  const place = { ...(file !== undefined && { file }), line, column: 1, length: source.length, source };
  return new RampartError("syntax", { problem: error.message, place }, { cause: error });
}
