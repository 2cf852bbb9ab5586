import type { AddressSize } from "../codec/address.js";
import { textAt, textEnd } from "../codec/struct.js";
import { fail } from "../errors.js";
import { type Count, toCount } from "../model/counters.js";
import { host16 } from "../netlink/attributes.js";
import { ATTRIBUTE, align4, TYPE_MASK } from "../netlink/wire.js";
import { ADT, CADT, IPADDR } from "./protocol.js";

/** One element as the kernel says it. Places are offsets in `bytes`, -1 where there is nothing. */
export interface Element {
  bytes: Uint8Array;
  size: AddressSize;
  ip: number;
  ipTo: number;
  cidr: number;
  ip2: number;
  cidr2: number;
  port: number;
  portTo: number;
  protocol: number;
  mark: number;
  ether: number;
  flags: number;
  name: string | undefined;
  interface: string | undefined;
  timeout: number;
  packets: Count;
  octets: Count;
  comment: string | undefined;
  /** In `bytes`. */
  skbmark: number;
  skbprio: number;
  skbqueue: number;
}
const NOTHING = new Uint8Array(0);
export const emptyElement = (): Element => ({
  bytes: NOTHING,
  size: 4,
  ip: -1,
  ipTo: -1,
  cidr: -1,
  ip2: -1,
  cidr2: -1,
  port: -1,
  portTo: -1,
  protocol: -1,
  mark: -1,
  ether: -1,
  flags: 0,
  name: undefined,
  interface: undefined,
  timeout: -1,
  packets: -1,
  octets: -1,
  comment: undefined,
  skbmark: -1,
  skbprio: -1,
  skbqueue: -1,
});
function clear(e: Element): void {
  e.ip = e.ipTo = e.cidr = e.ip2 = e.cidr2 = e.port = e.portTo = e.protocol = e.mark = e.ether = -1;
  e.timeout = e.skbmark = e.skbprio = e.skbqueue = -1;
  e.packets = e.octets = -1;
  e.flags = 0;
  e.name = e.interface = e.comment = undefined;
}

/** A place or number that an element of the set's type has. Throws `invalid-value` where the kernel's answer lacks it. */
export const held = (value: number, what: string): number =>
  value >= 0 ? value : fail(`the kernel's answer is broken: there is an entry without its ${what}`);

/** Where the address in a nest of `IPADDR` is, from `at` to `end`; -1 where it is cut short. */
function address(e: Element, at: number, end: number): number {
  e.size = (host16(e.bytes, at + 2) & TYPE_MASK) === IPADDR.ipv6 ? 16 : 4;
  return end - at < ATTRIBUTE + e.size ? -1 : at + ATTRIBUTE;
}
/** How many bytes the values of numbers have; shorter ones are none. */
const SHORTEST = new Uint8Array(TYPE_MASK + 1);
for (const [size, types] of [
  [1, [CADT.cidr, CADT.protocol, ADT.cidr2]],
  [2, [CADT.port, CADT.portTo, ADT.skbqueue]],
  [4, [CADT.timeout, CADT.flags, CADT.mark, ADT.skbprio]],
  [6, [ADT.ether]],
  [8, [ADT.packets, ADT.bytes, ADT.skbmark]],
] as const)
  for (const type of types) SHORTEST[type] = size;
const be16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;
const be32 = (b: Uint8Array, at: number): number => be16(b, at) * 0x1_0000 + be16(b, at + 2);
function count(b: Uint8Array, at: number): Count {
  const high = be32(b, at);
  return high < 0x20_0000
    ? high * 0x1_0000_0000 + be32(b, at + 4)
    : toCount((BigInt(high) << 32n) | BigInt(be32(b, at + 4)));
}

/** Reads the attributes of a `data` nest into `e`, whatever it held before. There may be a million: no cursors here. */
export function readElement(bytes: Uint8Array, from: number, to: number, e: Element): void {
  clear(e);
  e.bytes = bytes;
  let length = 0;
  for (let start = from; start + ATTRIBUTE <= to; start += align4(length)) {
    length = host16(bytes, start);
    if (length < ATTRIBUTE || start + length > to) return;
    const at = start + ATTRIBUTE,
      end = start + length,
      type = host16(bytes, start + 2) & TYPE_MASK;
    if (end - at < SHORTEST[type]!) continue;
    switch (type) {
      case CADT.ip:
        e.ip = address(e, at, end);
        break;
      case CADT.ipTo:
        e.ipTo = address(e, at, end);
        break;
      case CADT.cidr:
        e.cidr = bytes[at]!;
        break;
      case CADT.port:
        e.port = be16(bytes, at);
        break;
      case CADT.portTo:
        e.portTo = be16(bytes, at);
        break;
      case CADT.protocol:
        e.protocol = bytes[at]!;
        break;
      case CADT.timeout:
        e.timeout = be32(bytes, at);
        break;
      case CADT.flags:
        e.flags = be32(bytes, at);
        break;
      case CADT.mark:
        e.mark = be32(bytes, at);
        break;
      case ADT.ip2:
        e.ip2 = address(e, at, end);
        break;
      case ADT.cidr2:
        e.cidr2 = bytes[at]!;
        break;
      case ADT.ether:
        e.ether = at;
        break;
      case ADT.name:
        e.name = textAt(bytes, at, textEnd(bytes, at, end));
        break;
      case ADT.interface:
        e.interface = textAt(bytes, at, textEnd(bytes, at, end));
        break;
      case ADT.packets:
        e.packets = count(bytes, at);
        break;
      case ADT.bytes:
        e.octets = count(bytes, at);
        break;
      case ADT.comment:
        e.comment = textAt(bytes, at, textEnd(bytes, at, end));
        break;
      case ADT.skbmark:
        e.skbmark = at;
        break;
      case ADT.skbprio:
        e.skbprio = be32(bytes, at);
        break;
      case ADT.skbqueue:
        e.skbqueue = be16(bytes, at);
        break;
    }
  }
}
