import type { Table } from "../model/table.js";

/** Whether what lies between two numbers (the second exclusive) is refused. */
export type Refused = (from: number, to: number) => Promise<boolean>;

/**
 * Which of `count` things is at fault, when all of them together are refused. Halves are tried alone first, which takes
 * little more than twice the time of the whole; a thing that is refused only after others, as the jump that closes a
 * loop, is the last of the shortest beginning that is refused.
 */
export async function faultyOne(count: number, refused: Refused): Promise<number | undefined> {
  if (count === 0) return undefined;
  const alone = await narrowed(0, count, (from, mid) => refused(from, mid));
  if (await refused(alone, alone + 1)) return alone;
  return narrowed(0, count, (_, mid) => refused(0, mid));
}
/** The one left between `from` and `to`, of which the first half is kept where `inFirstHalf` says so. */
async function narrowed(from: number, to: number, inFirstHalf: Refused): Promise<number> {
  while (to - from > 1) {
    const mid = from + ((to - from) >> 1);
    if (await inFirstHalf(from, mid)) to = mid;
    else from = mid;
  }
  return from;
}

export const ruleCount = (table: Table): number =>
  table.chains.reduce((sum, chain) => sum + table.rules(chain).length, 0);

/** The table with all of its chains, but of its rules, counted through all chains in their order, only those between. */
export function withRules(table: Table, from: number, to: number): Table {
  return table.edit((draft) => {
    let first = 0;
    for (const chain of table.chains) {
      const { length } = table.rules(chain),
        within = (n: number) => Math.min(Math.max(n - first, 0), length);
      draft.keep(chain, within(from), within(to));
      first += length;
    }
  });
}
/** Where the rule of that number stands. */
export function spotOfRule(table: Table, number: number): { chain: string; ruleNumber: number } | undefined {
  let first = 0;
  for (const chain of table.chains) {
    const { length } = table.rules(chain);
    if (number < first + length) return { chain, ruleNumber: number - first + 1 };
    first += length;
  }
  return undefined;
}
