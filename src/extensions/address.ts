import { type AddressSize, addressText, prefixLength, putAddress, putPrefix } from "../codec/address.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { plainNumber } from "./kinds-number.js";

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

const SLASH = 47,
  ZERO = 48,
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

/**
 * What nearly every network of a rule is, `text[from, to)`: an address, or an address and a prefix that is not 0. Host bits
 * are cleared. False, with the bytes in any state, for anything else.
 */
export function putPlainNetwork(
  b: Uint8Array,
  at: number,
  maskAt: number,
  size: AddressSize,
  text: string,
  from: number,
  to: number,
): boolean {
  let slash = to - 1;
  while (slash > from && text.charCodeAt(slash) !== SLASH) slash--;
  if (slash <= from) slash = to;
  const prefix = slash === to ? size * 8 : plainNumber(text, slash + 1, to);
  if (!(prefix > 0 && prefix <= size * 8) || !putAddress(b, at, size, text, from, slash)) return false;
  putPrefix(b, maskAt, size, prefix);
  if (prefix < size * 8) for (let i = 0; i < size; i++) b[at + i]! &= b[maskAt + i]!;
  return true;
}
/** `ADDRESS[/PREFIX|/MASK]` as it stands in the model, straight into two places. */
export function storeNetwork(b: Uint8Array, at: number, maskAt: number, family: Family, text: string): void {
  // Plain JavaScript may hand over anything.
  if (typeof text !== "string")
    fail(`${JSON.stringify(text)} cannot be a network: it is text, as 10.0.0.0/8`);
  const slash = text.indexOf("/"),
    size = sizeOf(family);
  storeAddress(b, at, family, text, 0, slash < 0 ? text.length : slash);
  const bits = slash < 0 ? size * 8 : digits(text, slash + 1);
  if (bits <= size * 8) putPrefix(b, maskAt, size, bits);
  else if (!putAddress(b, maskAt, size, text, slash + 1)) fail(`invalid mask "${text.slice(slash + 1)}"`);
}
const suffixes = Array.from({ length: 129 }, (_, bits) => `/${bits}`);
/** `full`: a mask of all bits is said too. */
export function networkAt(b: Uint8Array, at: number, maskAt: number, family: Family, full: boolean): string {
  const size = sizeOf(family),
    bits = prefixLength(b, maskAt, size),
    address = addressText(b, at, size);
  if (bits < 0) return `${address}/${addressText(b, maskAt, size)}`;
  return !full && bits === size * 8 ? address : address + suffixes[bits]!;
}
