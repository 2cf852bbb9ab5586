/** linux/netfilter/ipset/ip_set.h: what is said to the kernel about sets. */
import { NFPROTO, NLM_F } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";

const SUBSYSTEM = 6 << 8,
  /** The protocol's version; 7 is that of Linux 4.13 and later, 6 is taken by all. */
  PROTOCOL = 6;

export const COMMAND = {
  create: 2,
  destroy: 3,
  flush: 4,
  rename: 5,
  swap: 6,
  list: 7,
  save: 8,
  add: 9,
  del: 10,
  test: 11,
  header: 12,
  type: 13,
} as const;
export type CommandName = keyof typeof COMMAND;

/** Of a message. */
export const ATTR = {
  protocol: 1,
  setName: 2,
  typeName: 3,
  secondName: 3,
  revision: 4,
  family: 5,
  flags: 6,
  data: 7,
  adt: 8,
  line: 9,
  lowestRevision: 10,
} as const;
export const LIST_NAMES = 2,
  LIST_HEADERS = 4;

/** Inside of `data`, of a set and of an element alike. */
export const CADT = {
  ip: 1,
  ipTo: 2,
  cidr: 3,
  port: 4,
  portTo: 5,
  timeout: 6,
  protocol: 7,
  flags: 8,
  line: 9,
  mark: 10,
  markmask: 11,
  bitmask: 12,
} as const;
export const CREATE = {
  initval: 17,
  hashsize: 18,
  maxelem: 19,
  netmask: 20,
  bucketsize: 21,
  size: 23,
  elements: 24,
  references: 25,
  memsize: 26,
} as const;
export const ADT = {
  ether: 17,
  name: 18,
  nameref: 19,
  ip2: 20,
  cidr2: 21,
  ip2To: 22,
  interface: 23,
  bytes: 24,
  packets: 25,
  comment: 26,
  skbmark: 27,
  skbprio: 28,
  skbqueue: 29,
} as const;
export const IPADDR = { ipv4: 1, ipv6: 2 } as const;
/** Sets and elements share one word of flags. */
export const FLAG = {
  before: 1,
  physdev: 2,
  nomatch: 4,
  counters: 0x08,
  comment: 0x10,
  forceadd: 0x20,
  skbinfo: 0x40,
  wildcard: 0x80,
} as const;

/** The longest name of a set, without its NUL (`IPSET_MAXNAMELEN`). */
export const LONGEST_NAME = 31;

export interface RequestOptions {
  readonly sequence?: number;
  /** Beside `NLM_F.request`. Default: an acknowledgement. */
  readonly flags?: number;
}
/** Begins a message; every one of them says the protocol's version first. */
export function begin(
  writer: MessageWriter,
  command: CommandName,
  { sequence = 1, flags = NLM_F.ack }: RequestOptions = {},
): void {
  writer.begin({ type: SUBSYSTEM | COMMAND[command], flags, sequence, family: NFPROTO.ipv4 });
  writer.u8(ATTR.protocol, PROTOCOL);
}
