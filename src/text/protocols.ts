import { fail } from "../errors.js";
import { numberIn } from "../extensions/kinds.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import { isProtocolName, protocolNumber, protocolOf } from "../model/protocol.js";
import type { Protocol } from "../model/rule.js";

/** Other spellings that iptables takes without /etc/protocols. */
const ALIASES: ReadonlyMap<string, number> = new Map([
  ["all", 0],
  ["icmpv6", 58],
  ["ipv6-mh", 135],
  ["mh", 135],
]);

/** A number, a name that iptables knows, or one from /etc/protocols; 0 is any protocol. */
export function parseProtocol(word: string, names: Names): Protocol {
  const name = word.toLowerCase(),
    number = numberIn(name);
  if (number >= 0) return number <= 255 ? protocolOf(number) : fail(`protocol ${word} is beyond 255`);
  if (isProtocolName(name)) return name;
  const known = ALIASES.get(name) ?? names.protocol(name);
  return known === undefined ? fail(`unknown protocol "${word}"`) : protocolOf(known);
}

/** As iptables 1.8.9 prints it: its own name, else that of /etc/protocols, else the number. */
export function printProtocol(protocol: Protocol, names: Names): string {
  if (typeof protocol !== "number") return protocol;
  const known = protocolOf(protocol);
  return typeof known === "number" ? (names.protocolName(known) ?? String(known)) : known;
}

/** The match that a protocol brings with it as soon as one of its options is met. */
const COMMON = { 6: "tcp", 17: "udp", 132: "sctp", 33: "dccp", 50: "esp", 51: "ah", 108: "ipcomp" } as const;
const IMPLICIT: Readonly<Record<Family, Readonly<Record<number, string>>>> = {
  ipv4: { ...COMMON, 1: "icmp" },
  ipv6: { ...COMMON, 58: "icmp6" },
};
/** The Mobility Header's own match comes by this spelling of the protocol alone, as iptables looks for a match of that name. */
export const implicitByName = (word: string, family: Family): string | undefined =>
  family === "ipv6" && word.toLowerCase() === "mh" ? "mh" : undefined;
export const implicitMatch = (protocol: Protocol, family: Family): string | undefined =>
  IMPLICIT[family][protocolNumber(protocol)];
