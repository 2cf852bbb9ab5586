import { host16 } from "../netlink/attributes.js";
import { TYPE_MASK } from "../netlink/wire.js";
import { CADT, IPADDR } from "./protocol.js";

/** A nest with one address of IPv4; a prefix length behind it. */
const ADDRESS = 12,
  WITH_PREFIX = 20,
  WHOLE = 32;
/** `255.255.255.255/32` and a line's end. */
export const LONGEST_LINE = 19;

const typeAt = (b: Uint8Array, at: number): number => host16(b, at + 2) & TYPE_MASK;

/**
 * Writes the line of an element that is an IPv4 address or network and nothing else, as most of a million are: in
 * digits, without a text for each. Returns where the line ends in `out`, or -1 for any other element.
 */
export function putPlainLine(b: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  const length = to - from;
  if (length !== ADDRESS && length !== WITH_PREFIX) return -1;
  if (typeAt(b, from) !== CADT.ip || host16(b, from) !== ADDRESS || typeAt(b, from + 4) !== IPADDR.ipv4)
    return -1;
  let bits = WHOLE;
  if (length === WITH_PREFIX) {
    if (typeAt(b, from + ADDRESS) !== CADT.cidr) return -1;
    bits = b[from + ADDRESS + 4]!;
  }
  let end = putDecimal(b[from + 8]!, out, at);
  for (let i = 9; i < 12; i++) {
    out[end++] = DOT;
    end = putDecimal(b[from + i]!, out, end);
  }
  if (bits !== WHOLE) {
    out[end++] = SLASH;
    end = putDecimal(bits, out, end);
  }
  out[end++] = NEWLINE;
  return end;
}
const DOT = 46,
  SLASH = 47,
  NEWLINE = 10,
  ZERO = 48;

/** 0 to 255. */
function putDecimal(n: number, out: Uint8Array, at: number): number {
  let end = at;
  if (n > 99) out[end++] = ZERO + ((n / 100) | 0);
  if (n > 9) out[end++] = ZERO + (((n / 10) | 0) % 10);
  out[end++] = ZERO + (n % 10);
  return end;
}
