import { type AddressSize, addressText, prefixLength, putAddress, putPrefix } from "../codec/address.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";

export const ADDRESS_FAMILY = { ipv4: 2, ipv6: 10 } as const satisfies Record<Family, number>;
export const addressSize = (family: Family): AddressSize => (family === "ipv4" ? 4 : 16);
export const familyOfAddress = (address: string): Family => (address.includes(":") ? "ipv6" : "ipv4");

/** The address's 4 or 16 bytes. */
export function addressBytes(address: string, family: Family = familyOfAddress(address)): Uint8Array {
  const size = addressSize(family),
    bytes = new Uint8Array(size);
  if (!putAddress(bytes, 0, size, address)) fail(`"${address}" is no ${family} address`);
  return bytes;
}

export function isAddress(text: string): boolean {
  const size = addressSize(familyOfAddress(text));
  return putAddress(new Uint8Array(size), 0, size, text);
}

/** `::ffff:0:0/96`, by which a socket of IPv6 speaks IPv4. */
export function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

/** An address or a network, ready for comparing. */
export interface Network {
  readonly family: Family;
  readonly bytes: Uint8Array;
  readonly mask: Uint8Array;
  readonly prefixLength: number;
}
/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, `10.0.0.0/255.0.0.0`. Host bits are cleared. */
export function parseNetwork(text: string): Network {
  const [address = "", suffix] = text.split("/"),
    family = familyOfAddress(address),
    size = addressSize(family),
    bytes = addressBytes(address, family),
    mask = new Uint8Array(size);
  if (suffix !== undefined && /[.:]/.test(suffix)) mask.set(addressBytes(suffix, family));
  else {
    const length = suffix === undefined ? size * 8 : /^\d{1,3}$/.test(suffix) ? Number(suffix) : -1;
    if (length < 0 || length > size * 8) fail(`"${text}" is no address or network`);
    putPrefix(mask, 0, size, length);
  }
  const length = prefixLength(mask, 0, size);
  if (length < 0) fail(`"${text}" is no network: its mask has holes`);
  return { family, bytes: bytes.map((byte, i) => byte & mask[i]!), mask, prefixLength: length };
}
export const networkText = ({ bytes, family, prefixLength: length }: Network): string =>
  `${addressText(bytes, 0, addressSize(family))}/${length}`;
/** Whether the network holds the address of its family that stands at `at`. */
export function holds({ bytes, mask }: Network, of: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if ((of[at + i]! & mask[i]!) !== bytes[i]) return false;
  return true;
}
