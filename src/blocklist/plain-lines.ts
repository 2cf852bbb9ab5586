import type { RangeList } from "./range-list.js";

const NEWLINE = 10,
  RETURN = 13,
  DOT = 46,
  SLASH = 47,
  ZERO = 48,
  WHOLE = 32;

/**
 * Takes lines that are an IPv4 address or network and nothing else, as most of a million are, for as long as they come:
 * a range for each. Returns where the first other line begins, or the first without an end.
 */
export function takePlainLines(b: Uint8Array, from: number, to: number, into: RangeList): number {
  for (let line = from; ; ) {
    let at = line,
      address = 0,
      octet = -1,
      dots = 0,
      c = 0;
    for (; at < to; at++) {
      c = b[at]!;
      const digit = c - ZERO;
      if (digit >= 0 && digit <= 9) {
        // A leading zero is not plain.
        if (octet === 0) return line;
        octet = octet < 0 ? digit : octet * 10 + digit;
        if (octet > 255) return line;
      } else if (c === DOT) {
        if (octet < 0 || ++dots > 3) return line;
        address = (address << 8) | octet;
        octet = -1;
      } else break;
    }
    if (octet < 0 || dots !== 3) return line;
    address = ((address << 8) | octet) >>> 0;
    let bits = WHOLE;
    if (c === SLASH) {
      bits = 0;
      for (at++; at < to; at++) {
        c = b[at]!;
        const digit = c - ZERO;
        if (digit < 0 || digit > 9) break;
        bits = bits * 10 + digit;
        if (bits === 0 || bits > WHOLE) return line;
      }
      if (bits === 0) return line;
    }
    if (at < to && c === RETURN) c = b[++at]!;
    if (at >= to || c !== NEWLINE) return line;
    const own = bits === WHOLE ? 0 : 0xffff_ffff >>> bits;
    into.add4((address & ~own) >>> 0, (address | own) >>> 0);
    line = at + 1;
  }
}
