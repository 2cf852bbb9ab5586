import { fail } from "../errors.js";
import type { Slices } from "../model/slices.js";
import type { AddressRanges } from "./address-lists.js";
import { mergeRanges } from "./merge.js";
import { compareAt, RangeList, type Ranges, wordsOf } from "./range-list.js";
import { AddressScanner } from "./scan-address.js";
import { subtractRanges } from "./subtract.js";

/** An address, network or range that no list may hold, and why. */
export interface SafeAddress {
  readonly address: string;
  readonly why: string;
}
export interface Spared {
  readonly ranges: AddressRanges;
  /** Those of which the list held some. */
  readonly spared: readonly SafeAddress[];
}

const encoder = new TextEncoder();

/** Takes the safe addresses out of the list, exactly: what lies around them stays. Throws `invalid-value`. */
export async function spare(
  listed: AddressRanges,
  safe: readonly SafeAddress[],
  slices: Slices,
): Promise<Spared> {
  const lists = { ipv4: new RangeList("ipv4"), ipv6: new RangeList("ipv6") },
    scanner = new AddressScanner(),
    spared: SafeAddress[] = [];
  for (const one of safe) {
    const { address } = one,
      bytes = encoder.encode(address.trim()),
      problem = scanner.scan(bytes, 0, bytes.length);
    if (problem !== undefined || scanner.end !== bytes.length)
      fail(`"${address}" cannot be kept safe: ${problem ?? "something stands behind the address"}`);
    const { family, first, last } = scanner;
    lists[family].add(first, 0, last, 0);
    if (meets(listed[family], first, last) && !spared.some((other) => other.address === address))
      spared.push(one);
  }
  const without = {
    ipv4: await mergeRanges(lists.ipv4, slices),
    ipv6: await mergeRanges(lists.ipv6, slices),
  };
  return {
    spared,
    ranges: {
      ipv4: await subtractRanges(listed.ipv4, without.ipv4, slices),
      ipv6: await subtractRanges(listed.ipv6, without.ipv6, slices),
    },
  };
}

/** Whether any of these addresses is in the list. */
export function meets({ family, length, first, last }: Ranges, from: Uint32Array, to: Uint32Array): boolean {
  const words = wordsOf(family);
  // The first range that does not end before them.
  let low = 0,
    high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(last, middle * words, from, 0, words) < 0) low = middle + 1;
    else high = middle;
  }
  return low < length && compareAt(first, low * words, to, 0, words) <= 0;
}
