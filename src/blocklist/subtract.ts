import type { Slices } from "../model/slices.js";
import { compareAt, inBlocks, RangeList, type Ranges, stepAt, wordsOf } from "./range-list.js";

/** What remains of `from` without `without`: exactly the addresses of the one that are not in the other. */
export async function subtractRanges(from: Ranges, without: Ranges, slices: Slices): Promise<Ranges> {
  if (without.length === 0) return from;
  const words = wordsOf(from.family),
    out = new RangeList(from.family, from.length + without.length),
    first = new Uint32Array(words),
    edge = new Uint32Array(words);
  // The first range of `without` that may still matter.
  let cut = 0;
  await inBlocks(from.length, slices, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const at = i * words;
      for (let w = 0; w < words; w++) first[w] = from.first[at + w]!;
      while (cut < without.length && compareAt(without.last, cut * words, first, 0, words) < 0) cut++;
      let left = true;
      for (let c = cut; left && c < without.length; c++) {
        const hole = c * words;
        if (compareAt(without.first, hole, from.last, at, words) > 0) break;
        if (compareAt(without.first, hole, first, 0, words) > 0) {
          for (let w = 0; w < words; w++) edge[w] = without.first[hole + w]!;
          stepAt(edge, 0, words, -1);
          out.add(first, 0, edge, 0);
        }
        left = compareAt(without.last, hole, from.last, at, words) < 0;
        for (let w = 0; w < words; w++) first[w] = without.last[hole + w]!;
        stepAt(first, 0, words, 1);
      }
      if (left) out.add(first, 0, from.last, at);
    }
  });
  return out.asMerged();
}
