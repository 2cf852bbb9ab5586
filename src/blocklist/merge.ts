import type { Slices } from "../model/slices.js";
import {
  type AnyRanges,
  compareAt,
  followsAt,
  inBlocks,
  RangeList,
  type Ranges,
  type Words,
  wordsOf,
} from "./range-list.js";

const DIGIT = 11,
  BUCKETS = 1 << DIGIT,
  SHIFTS = [0, DIGIT, 2 * DIGIT];

/**
 * The order of addresses, as indexes: a radix sort, as comparing a million of them would hold the event loop, and a
 * sort by comparison cannot be cut into slices. `start`: an order to begin with, kept among equal addresses.
 */
export async function orderOf(
  addresses: Uint32Array,
  words: Words,
  length: number,
  slices: Slices,
  start?: Uint32Array,
): Promise<Uint32Array> {
  let order: Uint32Array = start ?? new Uint32Array(length),
    other: Uint32Array = new Uint32Array(length);
  if (!start)
    await inBlocks(length, slices, (from, to) => {
      for (let i = from; i < to; i++) order[i] = i;
    });
  for (let word = words - 1; word >= 0; word--)
    for (const shift of SHIFTS) {
      const places = new Uint32Array(BUCKETS);
      await inBlocks(length, slices, (from, to) => {
        for (let i = from; i < to; i++) places[(addresses[i * words + word]! >>> shift) & (BUCKETS - 1)]!++;
      });
      // Most words of IPv6 are alike in a whole list.
      if (places.includes(length)) continue;
      let sum = 0;
      for (let d = 0; d < BUCKETS; d++) {
        const count = places[d]!;
        places[d] = sum;
        sum += count;
      }
      const source = order,
        target = other;
      await inBlocks(length, slices, (from, to) => {
        for (let i = from; i < to; i++) {
          const index = source[i]!;
          target[places[(addresses[index * words + word]! >>> shift) & (BUCKETS - 1)]!++] = index;
        }
      });
      order = target;
      other = source;
    }
  return order;
}

async function inOrder({ first, length }: AnyRanges, words: Words, slices: Slices): Promise<boolean> {
  let ordered = true;
  await inBlocks(length, slices, (from, to) => {
    for (let i = Math.max(from, 1); ordered && i < to; i++)
      ordered = compareAt(first, (i - 1) * words, first, i * words, words) <= 0;
  });
  return ordered;
}

/** Sorts ranges and joins those that overlap or touch. */
export async function mergeRanges(given: AnyRanges, slices: Slices): Promise<Ranges> {
  const { family, length, first, last } = given,
    words = wordsOf(family);
  const order = (await inOrder(given, words, slices))
    ? undefined
    : await orderOf(first, words, length, slices);
  const out = new RangeList(family, length);
  await inBlocks(length, slices, (from, to) => {
    for (let i = from; i < to; i++) {
      const at = (order ? order[i]! : i) * words,
        end = (out.length - 1) * words;
      const joins =
        end >= 0 &&
        (compareAt(first, at, out.last, end, words) <= 0 || followsAt(first, at, out.last, end, words));
      if (!joins) out.add(first, at, last, at);
      else if (compareAt(last, at, out.last, end, words) > 0)
        for (let w = 0; w < words; w++) out.last[end + w] = last[at + w]!;
    }
  });
  return out.asMerged();
}
