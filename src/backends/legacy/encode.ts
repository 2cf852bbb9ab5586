import { isRampartError, RampartError, type Spot } from "../../errors.js";
import { type Change, changes } from "../../model/diff.js";
import type { Names } from "../../model/names.js";
import { isVerdict } from "../../model/rule.js";
import { targetChain } from "../../model/rule-list.js";
import { Slices } from "../../model/slices.js";
import type { Table } from "../../model/table.js";
import { contextOf } from "../context.js";
import type { SetNumbers } from "../set-numbers.js";
import { PatchWriter } from "./patch.js";

export interface EncodeOptions {
  readonly names: Names;
  readonly sets: SetNumbers;
  readonly signal?: AbortSignal | undefined;
  /** Takes the patch over, chunk by chunk; without it the table is only checked. */
  readonly push?: (chunk: Uint8Array) => void;
}
/** What each operation of a patch was about, for errors that name it by its number; -1 is all of them together. */
export type Trace = (operation: number) => Spot;

/** Writes the patch that makes the kernel's table into this one, in slices, and refuses what no kernel could hold. */
export async function encodeTable(
  table: Table,
  { names, sets, signal, push = () => {} }: EncodeOptions,
): Promise<Trace> {
  const { family, name } = table,
    slices = new Slices(`write of table ${name}`, signal);
  const writer = new PatchWriter(contextOf(family, names, sets), push);
  const runs: { readonly first: number; readonly change: Change }[] = [];
  const { base, token } = table.origin ?? {};
  // Only an image has a digest; a table that was absent is looked at again before the commit.
  writer.header(token instanceof Uint8Array ? token : undefined);
  for (const change of changes(base, table)) {
    runs.push({ first: writer.operations, change });
    if (change.op !== "insert") {
      step(writer, change);
      continue;
    }
    const { chain, rules, from, to, position } = change;
    for (let i = from; i < to; i++) {
      const rule = rules.at(i)!;
      try {
        const target = targetChain(rule);
        if (target !== undefined && !isVerdict(target)) checkJump(table, target);
        writer.rule(chain, rule, position === undefined ? undefined : position + i - from);
      } catch (error) {
        throw located(error, { family, table: name, chain, ruleNumber: i + 1 });
      }
      if (slices.due()) await slices.pause();
    }
  }
  writer.end();
  return (operation) => {
    if (operation < 0) return { family, table: name, ...onlyRule(runs.map(({ change }) => change)) };
    const run = runs.findLast(({ first }) => first <= operation);
    return { family, table: name, ...(run && spotOf(run.change, operation - run.first)) };
  };
}

function step(writer: PatchWriter, change: Exclude<Change, { op: "insert" }>): void {
  if (change.op === "reset") writer.reset();
  else if (change.op === "create") writer.create(change.chain);
  else if (change.op === "delete") writer.delete(change.chain);
  else if (change.op === "flush") writer.flush(change.chain);
  else if (change.op === "rename") writer.rename(change.chain, change.to);
  else if (change.op === "policy") writer.policy(change.chain, change.policy === "ACCEPT", change.counters);
  else if (change.op === "remove") writer.remove(change.chain, change.position, change.count);
  else writer.recount(change.chain, change.position, change.counters);
}

function checkJump(table: Table, chain: string): void {
  if (!table.has(chain))
    throw new RampartError("invalid-value", {
      problem: `there is no chain ${chain} in table ${table.name} to jump to`,
    });
  if (table.isBuiltIn(chain))
    throw new RampartError("invalid-value", { problem: `a rule cannot jump to the built-in chain ${chain}` });
}

/** The same error with its place; what has another code keeps it. */
function located(error: unknown, spot: Spot): unknown {
  if (isRampartError(error, "invalid-value"))
    return new RampartError("invalid-rule", { problem: error.context.problem, ...spot }, { cause: error });
  const { family: _, ...place } = spot;
  if (isRampartError(error, "unknown-extension"))
    return new RampartError("unknown-extension", { ...error.context, ...place }, { cause: error });
  if (isRampartError(error, "no-such-set"))
    return new RampartError("no-such-set", { ...error.context, ...place }, { cause: error });
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
