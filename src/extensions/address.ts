import { type AddressSize, addressText, prefixLength, putAddress, putPrefix } from "../codec/address.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";

export const sizeOf = (family: Family): AddressSize => (family === "ipv4" ? 4 : 16);

export function storeAddress(
  b: Uint8Array,
  at: number,
  family: Family,
  text: string,
  from = 0,
  to = text.length,
): void {
  if (!putAddress(b, at, sizeOf(family), text, from, to)) fail(`"${text}" is not an ${family} address`);
}
export const addressAt = (b: Uint8Array, at: number, family: Family): string =>
  addressText(b, at, sizeOf(family));

const ZERO = 48,
  NINE = 57;
/** The number that ends the text from `from`; NaN where it is none. */
function digits(text: string, from: number): number {
  let n = from < text.length ? 0 : Number.NaN;
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    n = c >= ZERO && c <= NINE ? n * 10 + c - ZERO : Number.NaN;
  }
  return n;
}

/** `ADDRESS[/PREFIX|/MASK]` as it stands in the model, straight into two places. */
export function storeNetwork(b: Uint8Array, at: number, maskAt: number, family: Family, text: string): void {
  const slash = text.indexOf("/"),
    size = sizeOf(family);
  storeAddress(b, at, family, text, 0, slash < 0 ? text.length : slash);
  const bits = slash < 0 ? size * 8 : digits(text, slash + 1);
  if (bits <= size * 8) putPrefix(b, maskAt, size, bits);
  else if (!putAddress(b, maskAt, size, text, slash + 1)) fail(`invalid mask "${text.slice(slash + 1)}"`);
}
/** `full`: a mask of all bits is said too. */
export function networkAt(b: Uint8Array, at: number, maskAt: number, family: Family, full: boolean): string {
  const size = sizeOf(family),
    bits = prefixLength(b, maskAt, size),
    address = addressText(b, at, size);
  if (bits < 0) return `${address}/${addressText(b, maskAt, size)}`;
  return !full && bits === size * 8 ? address : `${address}/${bits}`;
}

/** IPv4 as inet_aton and iptables read it: octets in base 0, missing ones are zero; or one hex number. */
function lenient4(name: string): string | undefined {
  if (name === "localhost") return "127.0.0.1";
  if (/^0x[\da-f]{1,8}$/i.test(name)) {
    const n = Number(name);
    return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join(".");
  }
  if (!/^\d+(\.\d+){0,3}$/.test(name)) return undefined;
  const octets = name.split(".").map((o) => (/^0\d/.test(o) ? Number.parseInt(o, 8) : Number(o)));
  if (octets.some((octet) => !(octet <= 255))) return undefined;
  return [...octets, 0, 0, 0].slice(0, 4).join(".");
}

export interface NetworkRules {
  /** A mask of all bits is said too. */
  readonly full?: boolean;
  /** What the mask leaves out is not cleared. */
  readonly keepHost?: boolean;
  /** A mask may follow. */
  readonly mask?: boolean;
}
const scratch = new Uint8Array(32);
/** What a command line may write for an address or a network, as its one canonical text. */
export function parseNetwork(
  text: string,
  family: Family,
  { full = true, keepHost = false, mask: masked = true }: NetworkRules = {},
): string {
  const slash = masked ? text.indexOf("/") : -1,
    name = slash < 0 ? text : text.slice(0, slash),
    mask = slash < 0 ? undefined : text.slice(slash + 1),
    size = sizeOf(family);
  let address: string | undefined = name;
  const strict = putAddress(scratch, 0, size, name) && !(family === "ipv4" && /(^|\.)0\d/.test(name));
  if (!strict && family === "ipv4") address = lenient4(name);
  // A null mask matches any address, so iptables does not look at the name.
  if (mask !== undefined && /^0+$/.test(mask) && !(address && putAddress(scratch, 0, size, address)))
    address = family === "ipv4" ? "0.0.0.0" : "::";
  if (!address || !putAddress(scratch, 0, size, address)) fail(`host/network "${name}" not found`);
  storeNetwork(scratch, 0, 16, family, mask === undefined ? address : `${address}/${mask}`);
  if (!keepHost) for (let i = 0; i < size; i++) scratch[i]! &= scratch[16 + i]!;
  return networkAt(scratch, 0, 16, family, full);
}
