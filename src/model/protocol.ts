import type { Protocol } from "./rule.js";

/** The names that iptables knows without /etc/protocols, and that it prints (xtables.c, 1.8.9). */
const NUMBERS = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  sctp: 132,
  "mobility-header": 135,
  udplite: 136,
} as const satisfies Record<Exclude<Protocol, number>, number>;
const NAMES: (Protocol | undefined)[] = [];
for (const [name, number] of Object.entries(NUMBERS)) NAMES[number] = name as Protocol;

export const protocolNumber = (protocol: Protocol): number =>
  typeof protocol === "number" ? protocol : NUMBERS[protocol];
/** By its built-in name, if it has one. */
export const protocolOf = (number: number): Protocol => NAMES[number] ?? number;

/** Other spellings that iptables takes without /etc/protocols. */
const ALIASES: ReadonlyMap<string, number> = new Map([
  ["all", 0],
  ["icmpv6", 58],
  ["ipv6-mh", 135],
  ["mh", 135],
]);
/** What iptables knows by this name without /etc/protocols. */
export const knownProtocol = (name: string): number | undefined =>
  isProtocolName(name) ? NUMBERS[name] : ALIASES.get(name);

export const isProtocolName = (name: string): name is Exclude<Protocol, number> =>
  Object.hasOwn(NUMBERS, name);
