import type { Policy } from "./family.js";
import type { Rule } from "./rule.js";
import { sourceIndex } from "./rule-list.js";
import { Slices } from "./slices.js";
import { sameRule, type Table } from "./table.js";

/** What one reading of a table has that an earlier one had not. Counters do not count. */
export type Difference =
  | { readonly kind: "chain-added" | "chain-removed"; readonly chain: string }
  | { readonly kind: "policy"; readonly chain: string; readonly before: Policy; readonly policy: Policy }
  /** `ruleNumber` counts from 1, in the chain as it is now. */
  | { readonly kind: "rule-added"; readonly chain: string; readonly ruleNumber: number; readonly rule: Rule }
  /** `ruleNumber` is the one that it had before. */
  | {
      readonly kind: "rule-removed";
      readonly chain: string;
      readonly ruleNumber: number;
      readonly rule: Rule;
    };

/**
 * The differences of two readings of one table, chain by chain. A rule that moved, or was replaced, is removed and added.
 * Where very much changed at once, rules between the first and the last change are removed and added alike.
 */
export async function differences(before: Table, after: Table, signal?: AbortSignal): Promise<Difference[]> {
  const found: Difference[] = [],
    slices = new Slices("watch", signal);
  for (const chain of before.chains)
    if (!after.has(chain)) {
      await all("rule-removed", before, chain, 0, before.rules(chain).length);
      found.push({ kind: "chain-removed", chain });
    }
  for (const chain of after.chains) {
    if (!before.has(chain)) {
      found.push({ kind: "chain-added", chain });
      await all("rule-added", after, chain, 0, after.rules(chain).length);
      continue;
    }
    const old = before.policyOf(chain),
      policy = after.policyOf(chain);
    if (old && policy && old !== policy) found.push({ kind: "policy", chain, before: old, policy });
    await rules(chain);
  }
  return found;

  async function all(
    kind: "rule-added" | "rule-removed",
    table: Table,
    chain: string,
    from: number,
    to: number,
  ): Promise<void> {
    const list = table.rules(chain);
    for (let i = from; i < to; i++) {
      found.push({ kind, chain, ruleNumber: i + 1, rule: list.at(i)! });
      if (slices.due()) await slices.pause();
    }
  }
  async function rules(chain: string): Promise<void> {
    const same = sameIn(before, after, chain);
    let from = 0,
      oldEnd = before.rules(chain).length,
      newEnd = after.rules(chain).length;
    for (; from < Math.min(oldEnd, newEnd) && same(from, from); from++)
      if (slices.due()) await slices.pause();
    for (; oldEnd > from && newEnd > from && same(oldEnd - 1, newEnd - 1); oldEnd--, newEnd--)
      if (slices.due()) await slices.pause();
    const steps = await shortestScript(
      oldEnd - from,
      newEnd - from,
      (i, j) => same(from + i, from + j),
      slices,
    );
    if (!steps) {
      await all("rule-removed", before, chain, from, oldEnd);
      await all("rule-added", after, chain, from, newEnd);
      return;
    }
    for (const i of steps.removed) await all("rule-removed", before, chain, from + i, from + i + 1);
    for (const i of steps.added) await all("rule-added", after, chain, from + i, from + i + 1);
  }
}

/** Whether rule `i` of the one is rule `j` of the other; by their bytes, where both were read. */
function sameIn(before: Table, after: Table, chain: string): (i: number, j: number) => boolean {
  const old = before.rules(chain),
    now = after.rules(chain),
    oldSlots = before.chain(chain).slots,
    newSlots = after.chain(chain).slots;
  return (i, j) => {
    const a = sourceIndex(oldSlots.at(i)),
      b = sourceIndex(newSlots.at(j));
    const read =
      a === undefined || b === undefined || !after.source
        ? undefined
        : before.source?.same?.(a, after.source, b);
    return read ?? sameRule(old.at(i)!, now.at(j)!);
  };
}

interface Script {
  /** Positions in the old list, and in the new one, in order. */
  readonly removed: readonly number[];
  readonly added: readonly number[];
}
/** How much a search may cost, in comparisons, and how many steps a script may have. */
const EFFORT = 2_000_000,
  STEPS = 500;

/** E. Myers' greedy search for the fewest steps from one list to the other; undefined where it would take too many. */
async function shortestScript(
  length: number,
  newLength: number,
  same: (i: number, j: number) => boolean,
  slices: Slices,
): Promise<Script | undefined> {
  if (length === 0 || newLength === 0) return { removed: upTo(length), added: upTo(newLength) };
  const limit = Math.min(STEPS, length + newLength, Math.ceil(EFFORT / (length + newLength))),
    reach = new Int32Array(2 * limit + 3),
    trace: Int32Array[] = [];
  const at = (k: number) => k + limit + 1;
  for (let d = 0; d <= limit; d++) {
    trace.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[at(k - 1)]! < reach[at(k + 1)]!);
      let x = down ? reach[at(k + 1)]! : reach[at(k - 1)]! + 1;
      for (; x < length && x - k < newLength && same(x, x - k); x++) if (slices.due()) await slices.pause();
      reach[at(k)] = x;
      if (x >= length && x - k >= newLength) return backtrack(trace, at, length, newLength);
    }
  }
  return undefined;
}
function backtrack(
  trace: readonly Int32Array[],
  at: (k: number) => number,
  length: number,
  newLength: number,
): Script {
  const removed: number[] = [],
    added: number[] = [];
  for (let d = trace.length - 1, x = length, y = newLength; d > 0; d--) {
    const reach = trace[d]!,
      k = x - y,
      down = k === -d || (k !== d && reach[at(k - 1)]! < reach[at(k + 1)]!),
      from = down ? k + 1 : k - 1;
    x = reach[at(from)]!;
    y = x - from;
    if (down) added.unshift(y);
    else removed.unshift(x);
  }
  return { removed, added };
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
