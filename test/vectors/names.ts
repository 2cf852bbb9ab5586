import type { NameList, Names } from "../../src/model/names.js";

/** What the vectors use of the /etc/services and /etc/protocols of the machine they were recorded on. */
const SERVICES: ReadonlyMap<string, number> = new Map([
  ["echo", 7],
  ["ftp", 21],
  ["ssh", 22],
  ["time", 37],
  ["domain", 53],
  ["http", 80],
  ["auth", 113],
  ["https", 443],
  ["route", 520],
  ["router", 520],
  ["l2tp", 1701],
  ["sip", 5060],
]);
const PROTOCOLS: readonly (readonly [number: number, name: string, ...aliases: string[]])[] = [
  [0, "ip"],
  [0, "hopopt"],
  [1, "icmp"],
  [2, "igmp"],
  [4, "ipencap", "ip-encap"],
  [6, "tcp"],
  [8, "egp"],
  [17, "udp"],
  [27, "rdp"],
  [29, "iso-tp4"],
  [33, "dccp"],
  [36, "xtp"],
  [37, "ddp"],
  [38, "idpr-cmtp"],
  [41, "ipv6"],
  [43, "ipv6-route"],
  [44, "ipv6-frag"],
  [46, "rsvp"],
  [47, "gre"],
  [50, "esp", "ipsec-esp"],
  [51, "ah", "ipsec-ah"],
  [57, "skip"],
  [58, "ipv6-icmp"],
  [59, "ipv6-nonxt"],
  [60, "ipv6-opts"],
  [88, "eigrp"],
  [89, "ospf", "ospfigp"],
  [94, "ipip"],
  [98, "encap"],
  [103, "pim"],
  [108, "ipcomp"],
  [112, "vrrp"],
  [115, "l2tp"],
  [124, "isis"],
  [132, "sctp"],
  [133, "fc"],
  [135, "mobility-header"],
  [136, "udplite"],
  [138, "manet"],
  [139, "hip"],
  [140, "shim6"],
  [141, "wesp"],
  [142, "rohc"],
  [143, "ethernet"],
  [262, "mptcp"],
];
const numbers = new Map(PROTOCOLS.flatMap(([number, ...names]) => names.map((name) => [name, number])));
const names = new Map(PROTOCOLS.toReversed().map(([number, name]) => [number, name]));

/** All that iproute2 brings along; connlabel.conf there was none. */
const NAMES_OF_ZERO: Readonly<Partial<Record<NameList, string>>> = { realm: "cosmos", deviceGroup: "default" };

export const NAMES: Names = {
  // The file has no services of SCTP.
  port: (name, protocol) => (protocol === "sctp" ? undefined : SERVICES.get(name)),
  protocol: (name) => numbers.get(name),
  protocolName: (number) => names.get(number),
  user: (name) => ({ root: 0, nobody: 65_534 })[name],
  group: (name) => ({ root: 0, nogroup: 65_534 })[name],
  numberOf: (list, name) => (name === NAMES_OF_ZERO[list] ? 0 : undefined),
  nameOf: (list, number) => (number === 0 ? NAMES_OF_ZERO[list] : undefined),
};
