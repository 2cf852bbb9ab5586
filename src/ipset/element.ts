import type { AddressSize } from "../codec/address.js";
import { type Count, toCount } from "../model/counters.js";
import { Attributes } from "../netlink/attributes.js";
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

/** Where the address in a nest of `IPADDR` is. */
function address(e: Element, nest: Attributes): number {
  const inner = nest.nest();
  if (!inner.next()) return -1;
  e.size = inner.type === IPADDR.ipv6 ? 16 : 4;
  return inner.at;
}
const count = (n: number | bigint): Count => (typeof n === "bigint" ? toCount(n) : n);

/** Reads the attributes of a `data` nest into `e`, whatever it held before. */
export function readElement(bytes: Uint8Array, from: number, to: number, e: Element): void {
  clear(e);
  e.bytes = bytes;
  for (const a = new Attributes(bytes, from, to); a.next(); )
    switch (a.type) {
      case CADT.ip:
        e.ip = address(e, a);
        break;
      case CADT.ipTo:
        e.ipTo = address(e, a);
        break;
      case CADT.cidr:
        e.cidr = a.u8();
        break;
      case CADT.port:
        e.port = a.be16();
        break;
      case CADT.portTo:
        e.portTo = a.be16();
        break;
      case CADT.protocol:
        e.protocol = a.u8();
        break;
      case CADT.timeout:
        e.timeout = a.be32();
        break;
      case CADT.flags:
        e.flags = a.be32();
        break;
      case CADT.mark:
        e.mark = a.be32();
        break;
      case ADT.ip2:
        e.ip2 = address(e, a);
        break;
      case ADT.cidr2:
        e.cidr2 = a.u8();
        break;
      case ADT.ether:
        e.ether = a.at;
        break;
      case ADT.name:
        e.name = a.text();
        break;
      case ADT.interface:
        e.interface = a.text();
        break;
      case ADT.packets:
        e.packets = count(a.be64());
        break;
      case ADT.bytes:
        e.octets = count(a.be64());
        break;
      case ADT.comment:
        e.comment = a.text();
        break;
      case ADT.skbmark:
        e.skbmark = a.at;
        break;
      case ADT.skbprio:
        e.skbprio = a.be32();
        break;
      case ADT.skbqueue:
        e.skbqueue = a.be16();
        break;
    }
}
