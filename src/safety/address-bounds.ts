import { addressAt, storeAddress, storeNetwork } from "../extensions/address.js";
import type { Family } from "../model/family.js";
import { type Bound, type Bounds, unionOf } from "./bounds.js";

/** Address and mask of the network in hand. */
const scratch = new Uint8Array(32),
  view = new DataView(scratch.buffer);
const MASK = 16;
/** A mask with more holes than this is not taken apart. */
const MOST_HOLES = 8;

const wide = (at: number): bigint => (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
const FULL = (1n << 128n) - 1n;

/** The addresses of a network as a rule has it; undefined where its mask has too many holes to list them. */
export function networkBounds(text: string, family: Family): Bounds | undefined {
  storeNetwork(scratch, 0, MASK, family, text);
  if (family === "ipv4") {
    const rest = ~view.getUint32(MASK) >>> 0,
      base = (view.getUint32(0) & ~rest) >>> 0;
    if ((rest & (rest + 1)) === 0) return [base, base + rest + 1];
    return withHoles(BigInt(base), BigInt(rest), Number);
  }
  const rest = wide(MASK) ^ FULL,
    base = wide(0) & ~rest;
  if ((rest & (rest + 1n)) === 0n) return [base, base + rest + 1n];
  return withHoles(base, rest, (value) => value);
}

/** `rest`: the bits that may be anything. Those at the end make spans, each of the others doubles their number. */
function withHoles(base: bigint, rest: bigint, bound: (value: bigint) => Bound): Bounds | undefined {
  let size = 1n,
    left = rest;
  while (left & size) {
    left ^= size;
    size <<= 1n;
  }
  const bits: bigint[] = [];
  for (let bit = 1n; bit <= left; bit <<= 1n) if (left & bit) bits.push(bit);
  if (bits.length > MOST_HOLES) return undefined;
  const starts = [base];
  for (const bit of bits) for (const start of [...starts]) starts.push(start | bit);
  return unionOf(starts.map((start) => [bound(start), bound(start + size)] as const));
}

/** The number of an address. */
export function addressBound(text: string, family: Family): Bound {
  storeAddress(scratch, 0, family, text);
  return family === "ipv4" ? view.getUint32(0) : wide(0);
}
/** `FIRST-LAST`, as iprange has it. */
export function rangeBounds(text: string, family: Family): Bounds {
  const dash = text.indexOf("-"),
    from = addressBound(text.slice(0, dash), family),
    to = addressBound(text.slice(dash + 1), family);
  return typeof to === "number" ? [from, to + 1] : [from, (to as bigint) + 1n];
}
export function addressOf(bound: Bound, family: Family): string {
  if (family === "ipv4") view.setUint32(0, Number(bound));
  else {
    view.setBigUint64(0, (bound as bigint) >> 64n);
    view.setBigUint64(8, (bound as bigint) & 0xffff_ffff_ffff_ffffn);
  }
  return addressAt(scratch, 0, family);
}
