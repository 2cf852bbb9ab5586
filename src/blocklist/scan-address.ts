import { prefixLength, putAddress } from "../codec/address.js";
import { textAt } from "../codec/text.js";
import type { Family } from "../model/family.js";
import { compareAt, WORD, type Words } from "./range-list.js";

const DOT = 46,
  SLASH = 47,
  ZERO = 48,
  NINE = 57,
  COLON = 58,
  DASH = 45,
  PERCENT = 37;
const isDigit = (c: number): boolean => c >= ZERO && c <= NINE;
export const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 13;
const isHex = (c: number): boolean => isDigit(c) || ((c | 32) >= 97 && (c | 32) <= 102);
/** The longest text of an address: `ffff:...:255.255.255.255`. */
const LONGEST = 45;

const NONE = "it is no address, network or range",
  OCTAL = "an octet with a leading zero may mean two numbers",
  BACKWARDS = "the range ends before it begins",
  MIXED = "the two ends of the range are of different families",
  EVERYTHING = "it is every address there is; if that is meant, write its two halves",
  HOLES = "the mask has holes",
  ZONE = "an address with a zone belongs to one link only";

/**
 * Reads an address, a network (`/24` or `/255.255.255.0`, bits behind the prefix are ignored) or a range `a-b` from bytes.
 * One scanner reads many: its fields are those of the last.
 */
export class AddressScanner {
  family: Family = "ipv4";
  /** Both ends; of IPv4 the first word only. */
  readonly first = new Uint32Array(4);
  readonly last = new Uint32Array(4);
  /** Where the text of it ended. */
  end = 0;
  #value = 0;
  readonly #bytes = new Uint8Array(16);

  /** Returns what is wrong, undefined if nothing. What follows the address is the caller's matter. */
  scan(b: Uint8Array, from: number, to: number): string | undefined {
    let at = this.#scan4(b, from, to);
    if (at < 0) {
      const problem = this.#scan6(b, from, to, this.first);
      if (problem !== undefined) return problem;
      this.family = "ipv6";
      at = this.end;
    } else {
      this.family = "ipv4";
      this.first[0] = this.#value;
    }
    if (at < to && b[at] === SLASH) return this.#network(b, at + 1, to);
    this.last.set(this.first);
    const dash = at < to ? skipBlanks(b, at, to) : to;
    if (dash < to && b[dash] === DASH) return this.#rangeEnd(b, skipBlanks(b, dash + 1, to), to);
    this.end = at;
    return undefined;
  }

  #network(b: Uint8Array, from: number, to: number): string | undefined {
    const words: Words = this.family === "ipv4" ? 1 : 4,
      whole = words * WORD;
    let at = from,
      bits = 0;
    for (; at < to && isDigit(b[at]!) && at - from < 4; at++) bits = bits * 10 + b[at]! - ZERO;
    if (at === from || at - from > 3) return NONE;
    if (words === 1 && at < to && b[at] === DOT) {
      at = this.#scan4(b, from, to);
      if (at < 0) return NONE;
      for (let i = 0; i < 4; i++) this.#bytes[i] = this.#value >>> (24 - 8 * i);
      bits = prefixLength(this.#bytes, 0, 4);
      if (bits < 0) return HOLES;
    }
    if (bits > whole)
      return `a prefix of ${this.family === "ipv4" ? "IPv4" : "IPv6"} has at most ${whole} bits`;
    if (bits === 0) return EVERYTHING;
    for (let w = 0, left = bits; w < words; w++, left -= WORD) {
      const mask = left >= WORD ? 0xffff_ffff : left <= 0 ? 0 : ~(0xffff_ffff >>> left);
      this.last[w] = this.first[w]! | ~mask;
      this.first[w] = this.first[w]! & mask;
    }
    this.end = at;
    return undefined;
  }
  #rangeEnd(b: Uint8Array, from: number, to: number): string | undefined {
    const at = this.#scan4(b, from, to);
    if (at >= 0) {
      if (this.family !== "ipv4") return MIXED;
      this.last[0] = this.#value;
      this.end = at;
    } else {
      const problem = this.#scan6(b, from, to, this.last);
      if (problem !== undefined) return problem;
      if (this.family !== "ipv6") return MIXED;
    }
    return compareAt(this.first, 0, this.last, 0, this.family === "ipv4" ? 1 : 4) > 0 ? BACKWARDS : undefined;
  }

  /** Where the dotted quad ends, its value aside; -1 if there is none. */
  #scan4(b: Uint8Array, from: number, to: number): number {
    let value = 0,
      at = from;
    for (let octets = 1; ; octets++) {
      let c = at < to ? b[at]! - ZERO : -1;
      if (c < 0 || c > 9) return -1;
      let octet = c;
      at++;
      if (octet !== 0)
        for (let n = 1; n < 3 && at < to; n++, at++) {
          c = b[at]! - ZERO;
          if (c < 0 || c > 9) break;
          octet = octet * 10 + c;
        }
      if (octet > 255) return -1;
      value = value * 256 + octet;
      if (octets === 4) break;
      if (at >= to || b[at] !== DOT) return -1;
      at++;
    }
    if (at < to) {
      const c = b[at]!;
      if (c === DOT || c === COLON || isHex(c)) return -1;
    }
    this.#value = value;
    return at;
  }
  /** The rarer one goes the way of all texts. */
  #scan6(b: Uint8Array, from: number, to: number, into: Uint32Array): string | undefined {
    let at = from,
      dots = 0,
      colons = 0,
      digits = true;
    for (; at < to; at++) {
      const c = b[at]!;
      if (c === DOT) dots++;
      else if (c === COLON) colons++;
      else if (!isHex(c)) break;
      else digits = digits && isDigit(c);
    }
    if (at === from || at - from > LONGEST || colons === 0)
      return dots === 3 && digits && colons === 0 ? quadProblem(textAt(b, from, at)) : NONE;
    if (!putAddress(this.#bytes, 0, 16, textAt(b, from, at))) return NONE;
    if (at < to && b[at] === PERCENT) return ZONE;
    for (let w = 0; w < 4; w++) {
      const o = w * 4,
        m = this.#bytes;
      into[w] = (m[o]! << 24) | (m[o + 1]! << 16) | (m[o + 2]! << 8) | m[o + 3]!;
    }
    this.end = at;
    return undefined;
  }
}
const quadProblem = (text: string): string => (/(^|\.)0\d/.test(text) ? OCTAL : NONE);

export function skipBlanks(b: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(b[at]!)) at++;
  return at;
}
