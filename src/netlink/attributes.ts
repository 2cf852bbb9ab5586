import { LITTLE, textAt, textEnd } from "../codec/struct.js";
import { ATTRIBUTE, align4, TYPE_MASK } from "./wire.js";

export const host16 = (m: Uint8Array, at: number): number =>
  m[at + (LITTLE ? 0 : 1)]! | (m[at + (LITTLE ? 1 : 0)]! << 8);
export const host32 = (m: Uint8Array, at: number): number =>
  (host16(m, at + (LITTLE ? 0 : 2)) | (host16(m, at + (LITTLE ? 2 : 0)) << 16)) >>> 0;

/**
 * Walks the attributes of one message or nest without making an object for each: after `next` said true, the cursor
 * stands on one. Attributes that are cut short end the walk.
 *
 * @example for (const a = new Attributes(bytes, from, to); a.next(); ) if (a.type === 1) name = a.text();
 */
export class Attributes {
  readonly bytes: Uint8Array;
  /** Without the bits that say "nested" and "network byte order". */
  type = 0;
  /** The value's bytes: from `at` to before `end`. */
  at = 0;
  end = 0;
  #next: number;
  readonly #limit: number;
  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.#next = from;
    this.#limit = to;
  }
  next(): boolean {
    const from = this.#next;
    if (from + ATTRIBUTE > this.#limit) return false;
    const length = host16(this.bytes, from);
    if (length < ATTRIBUTE || from + length > this.#limit) return false;
    this.type = host16(this.bytes, from + 2) & TYPE_MASK;
    this.at = from + ATTRIBUTE;
    this.end = from + length;
    this.#next = from + align4(length);
    return true;
  }
  get length(): number {
    return this.end - this.at;
  }
  u8(): number {
    return this.bytes[this.at] ?? 0;
  }
  be16(): number {
    return ((this.bytes[this.at]! << 8) | this.bytes[this.at + 1]!) >>> 0;
  }
  be32(): number {
    return be32(this.bytes, this.at);
  }
  /** Exact up to 2^53, a bigint beyond. */
  be64(): number | bigint {
    const high = be32(this.bytes, this.at),
      low = be32(this.bytes, this.at + 4);
    return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
  }
  /** In the machine's own order, as rtnetlink and sock_diag have it. */
  host32(): number {
    return host32(this.bytes, this.at);
  }
  /** Up to its NUL. */
  text(): string {
    return textAt(this.bytes, this.at, textEnd(this.bytes, this.at, this.end));
  }
  /** A view, not a copy. */
  data(): Uint8Array {
    return this.bytes.subarray(this.at, this.end);
  }
  nest(): Attributes {
    return new Attributes(this.bytes, this.at, this.end);
  }
}
const be32 = (m: Uint8Array, at: number): number =>
  ((m[at]! << 24) | (m[at + 1]! << 16) | (m[at + 2]! << 8) | m[at + 3]!) >>> 0;
