import type { Slices } from "../model/slices.js";
import { inBlocks, type Words } from "./range-list.js";

const DIGIT = 11,
  BUCKETS = 1 << DIGIT,
  SHIFTS = [0, DIGIT, 2 * DIGIT];

/** Numbers, and something that goes with each. */
export interface Keyed {
  readonly keys: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * Sorts by keys and leaves those that are equal in their order: a radix sort, as comparing a million would hold the event
 * loop, and a sort by comparison cannot be cut into slices. What is given is used up; the first `length` of the result
 * count.
 */
export async function sortKeyed(
  given: Keyed,
  length: number,
  slices: Slices,
  room: Keyed = { keys: new Uint32Array(length), values: new Uint32Array(length) },
): Promise<Keyed> {
  let from = given,
    to = room;
  const counts = SHIFTS.map(() => new Uint32Array(BUCKETS));
  await inBlocks(length, slices, (begin, end) => {
    countDigits(from.keys, counts, begin, end);
  });
  for (const [i, shift] of SHIFTS.entries()) {
    const places = counts[i]!;
    // Most words of IPv6 are alike in a whole list.
    if (places.includes(length)) continue;
    countsToPlaces(places);
    await inBlocks(length, slices, (begin, end) => {
      scatter(from, to, shift, places, begin, end);
    });
    [from, to] = [to, from];
  }
  return from;
}
function countDigits(keys: Uint32Array, counts: readonly Uint32Array[], begin: number, end: number): void {
  const [low, middle, high] = counts as [Uint32Array, Uint32Array, Uint32Array];
  for (let i = begin; i < end; i++) {
    const key = keys[i]!;
    low[key & (BUCKETS - 1)]!++;
    middle[(key >>> DIGIT) & (BUCKETS - 1)]!++;
    high[key >>> (2 * DIGIT)]!++;
  }
}
function countsToPlaces(counts: Uint32Array): void {
  let sum = 0;
  for (let d = 0; d < BUCKETS; d++) {
    const count = counts[d]!;
    counts[d] = sum;
    sum += count;
  }
}
function scatter(
  from: Keyed,
  to: Keyed,
  shift: number,
  places: Uint32Array,
  begin: number,
  end: number,
): void {
  const { keys, values } = from,
    { keys: toKeys, values: toValues } = to;
  for (let i = begin; i < end; i++) {
    const key = keys[i]!,
      place = places[(key >>> shift) & (BUCKETS - 1)]!++;
    toKeys[place] = key;
    toValues[place] = values[i]!;
  }
}

/** The order of addresses, as indexes. `start`: an order to begin with, kept among equal addresses. */
export async function orderOf(
  addresses: Uint32Array,
  words: Words,
  length: number,
  slices: Slices,
  start?: Uint32Array,
): Promise<Uint32Array> {
  let from: Keyed = { keys: new Uint32Array(length), values: start ?? new Uint32Array(length) },
    room: Keyed = { keys: new Uint32Array(length), values: new Uint32Array(length) };
  if (!start)
    await inBlocks(length, slices, (begin, end) => {
      for (let i = begin; i < end; i++) from.values[i] = i;
    });
  for (let word = words - 1; word >= 0; word--) {
    const { keys, values } = from;
    await inBlocks(length, slices, (begin, end) => {
      for (let i = begin; i < end; i++) keys[i] = addresses[values[i]! * words + word]!;
    });
    const sorted = await sortKeyed(from, length, slices, room);
    if (sorted === room) [from, room] = [room, from];
  }
  return from.values;
}
