import { isRampartError, RampartError, type Spot } from "../errors.js";
import type { Change } from "../model/diff.js";
import { BUILT_IN_CHAINS, type TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { chainBehind } from "../model/rule-list.js";
import type { Table } from "../model/table.js";

/** What each operation of a commit was about, for errors that name it by its number; -1 is all of them together. */
export type Trace = (operation: number) => Spot;
/** A change, and the number of its first operation. */
export interface Run {
  readonly first: number;
  readonly change: Change;
}

export const traceOf =
  (runs: readonly Run[], table: Spot): Trace =>
  (operation) => {
    if (operation < 0) return { ...table, ...onlyRule(runs.map(({ change }) => change)) };
    const run = runs.findLast(({ first }) => first <= operation);
    return { ...table, ...(run && spotOf(run.change, operation - run.first)) };
  };

/** Refuses a rule that leads to a chain of which the table has none. */
export function checkJump(table: Table, rule: Rule): void {
  const chain = chainBehind(rule);
  if (chain !== undefined && !table.has(chain))
    throw new RampartError("invalid-value", {
      problem: `there is no chain ${chain} in table ${table.name} to jump to`,
    });
  refuseBuiltIn(table.name, chain);
}
/** Refuses a built-in chain as the one that a rule leads to. */
export function refuseBuiltIn(table: TableName, chain: string | undefined): void {
  if (chain !== undefined && BUILT_IN_CHAINS[table].includes(chain))
    throw new RampartError("invalid-value", { problem: `a rule cannot jump to the built-in chain ${chain}` });
}

/** The same error with its place; what has another code keeps it. */
export function located(error: unknown, spot: Spot): unknown {
  if (isRampartError(error, "invalid-value"))
    return new RampartError("invalid-rule", { problem: error.context.problem, ...spot }, { cause: error });
  const { family: _, ...place } = spot;
  if (isRampartError(error, "unknown-extension"))
    return new RampartError("unknown-extension", { ...error.context, ...place }, { cause: error });
  if (isRampartError(error, "no-such-set"))
    return new RampartError("no-such-set", { ...error.context, ...place }, { cause: error });
  if (isRampartError(error, "no-such-object"))
    return new RampartError("no-such-object", { ...error.context, ...place }, { cause: error });
  return error;
}

/** Where a refusal of the whole table can only mean one rule: the only new one. */
function onlyRule(changes: readonly Change[]): Spot {
  const [insert, more] = changes.filter((change) => change.op === "insert");
  if (!insert || more || insert.to - insert.from !== 1) return {};
  return { chain: insert.chain, ruleNumber: insert.from + 1 };
}

function spotOf(change: Change, offset: number): Spot {
  if (change.op === "reset") return {};
  if (change.op === "insert") return { chain: change.chain, ruleNumber: change.from + offset + 1 };
  if (change.op === "remove" || change.op === "counters")
    return { chain: change.chain, ruleNumber: change.position + 1 };
  return { chain: change.chain };
}
