import type { Slices } from "../model/slices.js";
import { orderOf, sortKeyed } from "./radix-sort.js";
import { type AnyRanges, compareAt, followsAt, inBlocks, type Ranges, wordsOf } from "./range-list.js";

/** Sorts ranges and joins those that overlap or touch. It works in the memory of what is given, which is used up. */
export async function mergeRanges(given: AnyRanges, slices: Slices): Promise<Ranges> {
  const sorted = (await inOrder(given, slices)) ? given : await sortRanges(given, slices),
    { family, length, first, last } = sorted;
  let joined = 0;
  await inBlocks(length, slices, (from, to) => {
    joined = join(sorted, from, to, joined);
  });
  return { family, length: joined, first, last, merged: true };
}

async function inOrder({ family, first, length }: AnyRanges, slices: Slices): Promise<boolean> {
  const words = wordsOf(family);
  let ordered = true;
  await inBlocks(length, slices, (from, to) => {
    for (let i = Math.max(from, 1); ordered && i < to; i++)
      ordered = compareAt(first, (i - 1) * words, first, i * words, words) <= 0;
  });
  return ordered;
}

async function sortRanges({ family, length, first, last }: AnyRanges, slices: Slices): Promise<AnyRanges> {
  const words = wordsOf(family);
  if (words === 1) {
    const { keys, values } = await sortKeyed({ keys: first, values: last }, length, slices);
    return { family, length, first: keys, last: values };
  }
  const order = await orderOf(first, words, length, slices),
    sorted = {
      family,
      length,
      first: new Uint32Array(length * words),
      last: new Uint32Array(length * words),
    };
  await inBlocks(length, slices, (from, to) => {
    for (let i = from; i < to; i++)
      for (let w = 0; w < words; w++) {
        sorted.first[i * words + w] = first[order[i]! * words + w]!;
        sorted.last[i * words + w] = last[order[i]! * words + w]!;
      }
  });
  return sorted;
}

/** Moves ranges `from` to `to` behind the first `joined`, which are done; returns how many are done then. */
function join({ family, first, last }: AnyRanges, from: number, to: number, joined: number): number {
  const words = wordsOf(family);
  let end = (joined - 1) * words;
  for (let at = from * words; at < to * words; at += words) {
    // The first word says so of most that are apart.
    const apart =
      end < 0 ||
      first[at]! > last[end]! + 1 ||
      (compareAt(first, at, last, end, words) > 0 && !followsAt(first, at, last, end, words));
    if (apart) {
      end += words;
      for (let w = 0; w < words; w++) {
        first[end + w] = first[at + w]!;
        last[end + w] = last[at + w]!;
      }
    } else if (compareAt(last, at, last, end, words) > 0)
      for (let w = 0; w < words; w++) last[end + w] = last[at + w]!;
  }
  return end / words + 1;
}
