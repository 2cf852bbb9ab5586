import type { Family } from "../model/family.js";
import type { Slices } from "../model/slices.js";

/** How many 32-bit words an address has; the first is the most significant. */
export type Words = 1 | 4;
export const wordsOf = (family: Family): Words => (family === "ipv4" ? 1 : 4);
export const WORD = 32;
export const bitsOf = (family: Family): number => wordsOf(family) * WORD;

/** Ranges of addresses of one family, both ends included. */
export interface AnyRanges {
  readonly family: Family;
  /** How many ranges. */
  readonly length: number;
  /** `wordsOf(family)` words for each. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}
/** In order; no two touch or overlap. Made by `mergeRanges` and by what works on such. */
export interface Ranges extends AnyRanges {
  readonly merged: true;
}

const FEWEST = 64;

/** Collects ranges in memory that grows: 8 bytes each for IPv4, 32 for IPv6. */
export class RangeList implements AnyRanges {
  readonly family: Family;
  readonly words: Words;
  length = 0;
  first: Uint32Array;
  last: Uint32Array;
  constructor(family: Family, expected = FEWEST) {
    this.family = family;
    this.words = wordsOf(family);
    const size = Math.max(expected, FEWEST) * this.words;
    this.first = new Uint32Array(size);
    this.last = new Uint32Array(size);
  }
  add4(first: number, last: number): void {
    if (this.length === this.first.length) this.#grow();
    this.first[this.length] = first;
    this.last[this.length++] = last;
  }
  /** The addresses that begin at these words. */
  add(first: Uint32Array, from: number, last: Uint32Array, to: number): void {
    const { words } = this,
      at = this.length * words;
    if (at === this.first.length) this.#grow();
    for (let w = 0; w < words; w++) {
      this.first[at + w] = first[from + w]!;
      this.last[at + w] = last[to + w]!;
    }
    this.length++;
  }
  /** As ranges, where whoever added them knows that they are merged. */
  asMerged(): Ranges {
    const { family, length, first, last } = this;
    return { family, length, first, last, merged: true };
  }
  #grow(): void {
    this.first = doubled(this.first);
    this.last = doubled(this.last);
  }
}
function doubled(old: Uint32Array): Uint32Array {
  const grown = new Uint32Array(old.length * 2);
  grown.set(old);
  return grown;
}

/** Negative, 0 or positive, as the first address is below, equal to or above the other. */
export function compareAt(a: Uint32Array, i: number, b: Uint32Array, j: number, words: Words): number {
  for (let w = 0; w < words; w++) {
    const x = a[i + w]!,
      y = b[j + w]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
/** How many of their first bits two addresses share. */
export function commonBits(a: Uint32Array, i: number, b: Uint32Array, j: number, words: Words): number {
  for (let w = 0; w < words; w++) {
    const differ = (a[i + w]! ^ b[j + w]!) >>> 0;
    if (differ !== 0) return w * WORD + Math.clz32(differ);
  }
  return words * WORD;
}
/** Whether the address at `i` is the one right behind that at `j`. */
export function followsAt(a: Uint32Array, i: number, b: Uint32Array, j: number, words: Words): boolean {
  let carry = 1;
  for (let w = words - 1; w >= 0; w--) {
    const next = b[j + w]! + carry;
    carry = next > 0xffff_ffff ? 1 : 0;
    if (a[i + w] !== next >>> 0) return false;
  }
  return carry === 0;
}
/** Adds 1 or -1 to an address, in place; beyond the end it begins anew. */
export function stepAt(a: Uint32Array, i: number, words: Words, by: 1 | -1): void {
  for (let w = i + words - 1; w >= i; w--) {
    const old = a[w]!;
    a[w] = old + by;
    if (by === 1 ? old !== 0xffff_ffff : old !== 0) return;
  }
}

/** A step of a tenth of a millisecond or so. */
const BLOCK = 8192;
/** Runs `work` over `length` things, some at a time; between them the event loop gets its turn. */
export async function inBlocks(
  length: number,
  slices: Slices,
  work: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < length; from += BLOCK) {
    work(from, Math.min(from + BLOCK, length));
    if (slices.over()) await slices.pause();
  }
}
