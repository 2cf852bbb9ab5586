import { type Change, changes } from "../../model/diff.js";
import type { Names } from "../../model/names.js";
import { Slices } from "../../model/slices.js";
import type { Table } from "../../model/table.js";
import { contextOf } from "../context.js";
import type { Need } from "../kernel-objects.js";
import type { SetNumbers } from "../set-numbers.js";
import { checkJump, located, type Run, type Trace, traceOf } from "../spots.js";
import { PatchWriter } from "./patch.js";

export interface EncodeOptions {
  readonly names: Names;
  readonly sets: SetNumbers;
  /** Told of the objects of a kernel that rules refer to. */
  readonly need?: Need;
  readonly signal?: AbortSignal | undefined;
  /** Takes the patch over, chunk by chunk; without it the table is only checked. */
  readonly push?: (chunk: Uint8Array) => void;
}
/** Writes the patch that makes the kernel's table into this one, in slices, and refuses what no kernel could hold. */
export async function encodeTable(
  table: Table,
  { names, sets, need, signal, push = () => {} }: EncodeOptions,
): Promise<Trace> {
  const { family, name } = table,
    slices = new Slices(`write of table ${name}`, signal);
  const writer = new PatchWriter(contextOf(family, names, sets, need), push);
  const runs: Run[] = [];
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
        if (position !== undefined || !writer.alike(chain, rule)) {
          checkJump(table, rule);
          writer.rule(chain, rule, position === undefined ? undefined : position + i - from);
        }
      } catch (error) {
        throw located(error, { family, table: name, chain, ruleNumber: i + 1 });
      }
      if (slices.due()) await slices.pause();
    }
  }
  writer.end();
  return traceOf(runs, { family, table: name });
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
