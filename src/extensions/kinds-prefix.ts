import { prefixLength, putPrefix } from "../codec/address.js";
import type { AddressBytes } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { sizeOf } from "./address.js";
import { parseAddress, parsePrefix } from "./address-words.js";
import { numberEdges, numberIn } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

const ALL = 128;

/**
 * `ADDRESS[/MASK]`, host bits and all; without a mask all bits count. A mask with holes gives 255, as iptables has it.
 */
export function parsePrefixed(word: string, family: Family): [address: string, bits: number] {
  const slash = word.indexOf("/"),
    address = parseAddress(slash < 0 ? word : word.slice(0, slash), family, "host");
  if (slash < 0) return [address, sizeOf(family) * 8];
  return [address, parsePrefix(word.slice(slash + 1), family) ?? 255];
}

/**
 * How many leading bits count, stored as a mask. In IPv4 any number above 32 sets the whole union, where 32 sets its
 * first four bytes; iptables-save prints both as 32.
 */
export const prefix = <M extends string>(mask: M): Kind<Has<M, AddressBytes>, number> => ({
  edges: [...numberEdges(32), "127", "128", "129", "255.255.0.0", "255.0.255.0", "ffff::", ""],
  parse: ([word = ""], { family }) => {
    const bits = numberIn(word);
    return bits <= ALL ? bits : (parsePrefix(word, family) ?? ALL);
  },
  print: (bits, { family }) => `${Math.min(bits, sizeOf(family) * 8)}`,
  wordsOf: (bits) => [`${bits}`],
  bind: ({ [mask]: { at, size } }) => ({
    store(b, o, bits, { family }) {
      b.fill(bits > sizeOf(family) * 8 ? 255 : 0, o + at, o + at + size);
      putPrefix(b, o + at, sizeOf(family), bits);
    },
    load(b, o, { family }) {
      const whole = prefixLength(b, o + at, 16),
        bits = whole === ALL ? whole : prefixLength(b, o + at, sizeOf(family));
      return bits < 0 ? fail("a mask with holes") : bits;
    },
  }),
});
