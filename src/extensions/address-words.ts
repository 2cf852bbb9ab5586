import { addressText, prefixLength, putAddress, putPrefix } from "../codec/address.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { networkAt, sizeOf } from "./address.js";
import { integer, numberIn } from "./kinds-number.js";

const allBytes = (octets: readonly number[]): boolean => octets.every((octet) => octet >= 0 && octet <= 255);

/** IPv4 as iptables reads numbers: octets in base 0, the missing ones on the right are zero. `10.1` is 10.1.0.0. */
function zeroFilled(text: string): string | undefined {
  const octets = text.split(".").map(numberIn);
  return octets.length <= 4 && allBytes(octets) ? [...octets, 0, 0, 0].slice(0, 4).join(".") : undefined;
}
/** IPv4 as inet_aton reads it: octets in base 0, the last number fills what is left. `10.1` is 10.0.0.1. */
function lastFills(text: string): string | undefined {
  // strtoul lets a plus and blanks stand before a number, inet_aton does not.
  if (/[+\s]/.test(text)) return undefined;
  const octets = text.split(".").map(numberIn),
    last = octets.pop() ?? Number.NaN,
    left = 4 - octets.length;
  if (left < 1 || !allBytes(octets) || !(last < 256 ** left)) return undefined;
  for (let i = left - 1; i >= 0; i--) octets.push(Math.floor(last / 256 ** i) % 256);
  return octets.join(".");
}

const wide = new Uint8Array(16);
/** The resolver takes IPv4 as IPv6 maps it, `::ffff:192.0.2.1`, for IPv4. */
function mapped(text: string): string | undefined {
  if (!text.includes(":") || !putAddress(wide, 0, 16, text)) return undefined;
  const isMapped = wide.subarray(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 255));
  return isMapped ? addressText(wide, 12, 4) : undefined;
}
const resolved = (text: string): string | undefined =>
  text.toLowerCase() === "localhost" ? "127.0.0.1" : (lastFills(text) ?? mapped(text));

/** How a place on the command line reads IPv4; IPv6 has one form only. */
const FORMS = {
  /** As inet_pton. */
  strict: () => undefined,
  numeric: zeroFilled,
  /** As the resolver reads numbers. Names are not resolved: a rule must not hang on a DNS server. */
  host: resolved,
  any: (text: string) => zeroFilled(text) ?? resolved(text),
} as const;
export type AddressForm = keyof typeof FORMS;

const scratch = new Uint8Array(32);
/** One address in its canonical text. */
export function parseAddress(text: string, family: Family, form: AddressForm): string {
  const size = sizeOf(family);
  if (putAddress(scratch, 0, size, text)) return addressText(scratch, 0, size);
  const found = family === "ipv4" ? FORMS[form](text) : undefined;
  return found ?? fail(`host/network "${text}" not found`);
}

/** A mask of IPv4 has all four octets, each in base 0. */
const dotted = (mask: string, family: Family): string =>
  (family === "ipv4" && mask.split(".").length === 4 && zeroFilled(mask)) || mask;
const isNumber = (mask: string): boolean => !/[.:]/.test(mask);
/** Writes the mask where `parseNetwork` and `parseMaskedAddress` look for it. */
function putMask(mask: string, family: Family): void {
  const size = sizeOf(family);
  if (isNumber(mask)) putPrefix(scratch, 16, size, integer(mask, size * 8));
  else if (!putAddress(scratch, 16, size, dotted(mask, family))) fail(`invalid mask "${mask}"`);
}
/** What `-s` and `-d` may write for a network, in its canonical text: always with a mask, host bits cleared. */
export function parseNetwork(text: string, family: Family): string {
  const slash = text.lastIndexOf("/"),
    size = sizeOf(family),
    name = slash < 0 ? text : text.slice(0, slash);
  putMask(slash < 0 ? `${size * 8}` : text.slice(slash + 1), family);
  // A null mask matches any address, so iptables does not look at the name.
  const anything = scratch.subarray(16, 16 + size).every((byte) => byte === 0);
  if (anything) scratch.fill(0, 0, size);
  else putAddress(scratch, 0, size, parseAddress(name, family, "any"));
  for (let i = 0; i < size; i++) scratch[i]! &= scratch[16 + i]!;
  return networkAt(scratch, 0, 16, family, true);
}

/** How many bits a mask has, said by their number or as an address; undefined where it has holes: such a mask counts as none. */
export function parsePrefix(text: string, family: Family): number | undefined {
  const size = sizeOf(family),
    bits = numberIn(text);
  if (bits <= size * 8) return bits;
  const mask = family === "ipv4" ? (lastFills(text) ?? mapped(text)) : text;
  if (mask === undefined || !putAddress(scratch, 16, size, mask)) fail(`invalid mask "${text}"`);
  const length = prefixLength(scratch, 16, size);
  return length < 0 ? undefined : length;
}
/**
 * What conntrack's `--ctorigsrc` and its kin may write: host bits stay. IPv4 with `/32` fills less of the struct than IPv4
 * without a mask, so it is kept.
 */
export function parseMaskedAddress(text: string, family: Family): string {
  const slash = text.indexOf("/"),
    address = parseAddress(slash < 0 ? text : text.slice(0, slash), family, "host"),
    bits = slash < 0 ? undefined : parsePrefix(text.slice(slash + 1), family);
  return bits === undefined || bits === 128 ? address : `${address}/${bits}`;
}
