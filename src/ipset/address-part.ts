import { type AddressSize, addressText, putAddress } from "../codec/address.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { NET_BYTEORDER } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import { ADT, CADT, IPADDR } from "./protocol.js";

const scratch = { ipv4: new Uint8Array(4), ipv6: new Uint8Array(16) } as const;
export const sizeOf = (family: Family): AddressSize => (family === "ipv4" ? 4 : 16);
const SHOWN = { ipv4: "IPv4", ipv6: "IPv6" } as const;

/** Writes the address that is `word[from, to)`. */
export function writeAddress(
  writer: MessageWriter,
  type: number,
  family: Family,
  word: string,
  from = 0,
  to = word.length,
): void {
  const bytes = scratch[family],
    size = sizeOf(family);
  if (!putAddress(bytes, 0, size, word, from, to))
    fail(`"${word.slice(from, to)}" is no ${SHOWN[family]} address`);
  const nest = writer.open(type);
  writer.slice(IPADDR[family] | NET_BYTEORDER, bytes, 0, size);
  writer.close(nest);
}

export interface AddressAttributes {
  readonly ip: number;
  readonly to: number;
  readonly cidr: number;
}
export const FIRST: AddressAttributes = { ip: CADT.ip, to: CADT.ipTo, cidr: CADT.cidr },
  SECOND: AddressAttributes = { ip: ADT.ip2, to: ADT.ip2To, cidr: ADT.cidr2 };

/** Writes an address, `address/bits` or a range. */
export function writeAddresses(
  writer: MessageWriter,
  attributes: AddressAttributes,
  family: Family,
  word: string,
): void {
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    if (c === SLASH) {
      writeAddress(writer, attributes.ip, family, word, 0, i);
      writer.u8(attributes.cidr, bitsOf(word, i + 1, family));
      return;
    }
    if (c === DASH) {
      writeAddress(writer, attributes.ip, family, word, 0, i);
      writeAddress(writer, attributes.to, family, word, i + 1);
      return;
    }
  }
  writeAddress(writer, attributes.ip, family, word);
}
const SLASH = 47,
  DASH = 45;

function bitsOf(word: string, from: number, family: Family): number {
  const most = family === "ipv4" ? 32 : 128;
  let bits = 0;
  for (let i = from; i < word.length; i++) {
    const digit = word.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || i - from > 2) bits = Number.NaN;
    bits = bits * 10 + digit;
  }
  if (from === word.length || !(bits <= most))
    fail(`"${word.slice(from)}" is no prefix length: it is 0 to ${most}`);
  return bits;
}

/** `-1` as the prefix length is an address without one; a whole address is shown without it, as ipset shows it. */
export function networkText(bytes: Uint8Array, at: number, size: AddressSize, cidr: number): string {
  const address = addressText(bytes, at, size);
  return cidr < 0 || cidr === size * 8 ? address : `${address}/${cidr}`;
}
