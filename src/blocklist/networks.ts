import { addressText } from "../codec/address.js";
import { isNumber, type PackedNetworks } from "../ipset/packed.js";
import type { Family } from "../model/family.js";
import type { Slices } from "../model/slices.js";
import { orderOf } from "./radix-sort.js";
import {
  bitsOf,
  commonBits,
  compareAt,
  inBlocks,
  type Ranges,
  stepAt,
  WORD,
  type Words,
  wordsOf,
} from "./range-list.js";

/** Networks of one family in the order of their addresses; a host is one of all bits. */
export type Networks = PackedNetworks;

export class NetworkList implements Networks {
  readonly family: Family;
  readonly words: Words;
  length = 0;
  hosts = 0;
  addresses: Uint32Array;
  bits: Uint8Array;
  constructor(family: Family, expected = 0) {
    this.family = family;
    this.words = wordsOf(family);
    const size = Math.max(expected, 64);
    this.addresses = new Uint32Array(size * this.words);
    this.bits = new Uint8Array(size);
  }
  add(address: Uint32Array, at: number, bits: number): void {
    const { words } = this;
    if (this.length === this.bits.length) this.#grow();
    for (let w = 0, to = this.length * words; w < words; w++) this.addresses[to + w] = address[at + w]!;
    this.bits[this.length++] = bits;
    if (bits === words * WORD && isNumber(address, at, words)) this.hosts++;
  }
  #grow(): void {
    const addresses = new Uint32Array(this.addresses.length * 2),
      bits = new Uint8Array(this.bits.length * 2);
    addresses.set(this.addresses);
    bits.set(this.bits);
    this.addresses = addresses;
    this.bits = bits;
  }
}
export const noNetworks = (family: Family): Networks => new NetworkList(family);

/** The fewest networks that hold exactly these addresses, in order. */
export async function networksOf(ranges: Ranges, slices: Slices): Promise<Networks> {
  const { family, length, first, last } = ranges,
    words = wordsOf(family),
    whole = bitsOf(family),
    out = new NetworkList(family, length),
    next = new Uint32Array(words),
    end = new Uint32Array(words);
  await inBlocks(length, slices, (from, to) => {
    for (let i = from; i < to; i++) {
      const at = i * words;
      const bits = prefixOf(first, last, at, words);
      if (bits >= 0) {
        out.add(first, at, bits);
        continue;
      }
      for (let w = 0; w < words; w++) next[w] = first[at + w]!;
      for (;;) {
        // The widest that begins here and ends within the range.
        let free = Math.min(zerosBehind(next, words), whole - commonBits(next, 0, last, at, words));
        setEnd(next, end, words, free);
        while (compareAt(end, 0, last, at, words) > 0) setEnd(next, end, words, --free);
        out.add(next, 0, whole - free);
        if (compareAt(end, 0, last, at, words) === 0) break;
        for (let w = 0; w < words; w++) next[w] = end[w]!;
        stepAt(next, 0, words, 1);
      }
    }
  });
  return out;
}

/** No set can hold the network of all addresses, but its halves. */
export function withoutEverything(networks: Networks): Networks {
  if (networks.length !== 1 || networks.bits[0] !== 0) return networks;
  const { family } = networks,
    halves = new NetworkList(family),
    address = new Uint32Array(wordsOf(family));
  halves.add(address, 0, 1);
  address[0] = 0x8000_0000;
  halves.add(address, 0, 1);
  return halves;
}

/** How many bits the one network has that is exactly this range; -1 where it takes several. */
function prefixOf(first: Uint32Array, last: Uint32Array, at: number, words: Words): number {
  for (let w = 0; w < words; w++) {
    const differ = (first[at + w]! ^ last[at + w]!) >>> 0;
    if (differ === 0) continue;
    // Below the prefix there are zeros in its first address, and ones in its last.
    if ((differ & (differ + 1)) !== 0 || (first[at + w]! & differ) !== 0) return -1;
    for (let v = w + 1; v < words; v++) if (first[at + v] !== 0 || last[at + v] !== 0xffff_ffff) return -1;
    return w * WORD + Math.clz32(differ);
  }
  return words * WORD;
}
/** How many zero bits end the address. */
function zerosBehind(address: Uint32Array, words: Words): number {
  for (let w = words - 1; w >= 0; w--) {
    const word = address[w]!;
    if (word !== 0) return (words - 1 - w) * WORD + (31 - Math.clz32(word & -word));
  }
  return words * WORD;
}
/** The last address of the network at `address` that has `free` bits of its own. */
function setEnd(address: Uint32Array, end: Uint32Array, words: Words, free: number): void {
  for (let w = words - 1, left = free; w >= 0; w--, left -= WORD)
    end[w] = left >= WORD ? 0xffff_ffff : left > 0 ? address[w]! | (2 ** left - 1) : address[w]!;
}

/** In the order of their addresses, wider ones first among equal addresses. */
export async function sortNetworks(given: Networks, slices: Slices): Promise<Networks> {
  const { family, length, addresses, bits } = given,
    words = wordsOf(family),
    byBits = await orderOf(Uint32Array.from(bits.subarray(0, length)), 1, length, slices),
    order = await orderOf(addresses, words, length, slices, byBits),
    out = new NetworkList(family, length);
  await inBlocks(length, slices, (from, to) => {
    for (let i = from; i < to; i++) out.add(addresses, order[i]! * words, bits[order[i]!]!);
  });
  return out;
}

export interface NetworkChanges {
  readonly added: Networks;
  readonly removed: Networks;
}
/** What has to be added to `old`, and removed from it, so that it becomes `next`. Both are in order. */
export async function changesBetween(old: Networks, next: Networks, slices: Slices): Promise<NetworkChanges> {
  if (old.length === 0) return { added: next, removed: old };
  const added = new NetworkList(old.family),
    removed = new NetworkList(old.family);
  let j = 0;
  await inBlocks(old.length, slices, (from, to) => {
    j = compareSome(old, from, to, next, j, added, removed);
  });
  await inBlocks(next.length - j, slices, (from, to) => {
    addSome(next, j + from, j + to, added);
  });
  return { added, removed };
}
/** Compares the networks `from` to `to` of `old` with those of `next` from `first` on; returns where it came to there. */
function compareSome(
  old: Networks,
  from: number,
  to: number,
  next: Networks,
  first: number,
  added: NetworkList,
  removed: NetworkList,
): number {
  const { words } = added,
    { addresses: a, bits: aBits } = old,
    { addresses: b, bits: bBits, length } = next;
  let j = first;
  for (let i = from; i < to; ) {
    const order = j < length ? compareAt(a, i * words, b, j * words, words) || aBits[i]! - bBits[j]! : -1;
    if (order < 0) removed.add(a, i * words, aBits[i]!);
    else if (order > 0) added.add(b, j * words, bBits[j]!);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return j;
}
function addSome({ addresses, bits }: Networks, from: number, to: number, into: NetworkList): void {
  for (let i = from; i < to; i++) into.add(addresses, i * into.words, bits[i]!);
}

/** The address that begins at `at`, as inet_ntop prints it. */
export function textOf(addresses: Uint32Array, at: number, family: Family): string {
  const words = wordsOf(family),
    bytes = new Uint8Array(words * 4);
  for (let w = 0; w < words; w++) {
    const word = addresses[at + w]!;
    for (let b = 0; b < 4; b++) bytes[w * 4 + b] = word >>> (24 - 8 * b);
  }
  return addressText(bytes, 0, words === 1 ? 4 : 16);
}
/** The `i`th as text: `10.0.0.0/8`, of a host the address alone. */
export function networkText({ family, addresses, bits }: Networks, i: number): string {
  const address = textOf(addresses, i * wordsOf(family), family);
  return bits[i] === bitsOf(family) ? address : `${address}/${bits[i]}`;
}
export function* networkTexts(networks: Networks): Generator<string> {
  for (let i = 0; i < networks.length; i++) yield networkText(networks, i);
}
