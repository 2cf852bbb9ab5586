import { fail } from "../errors.js";
import type { Context } from "../extensions/extension.js";
import { numberIn } from "../extensions/kinds.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Profile } from "../model/profile.js";
import { knownProtocol, protocolNumber, protocolOf } from "../model/protocol.js";
import type { Protocol } from "../model/rule.js";

/** A number, a name that iptables knows, or one from /etc/protocols; 0 is any protocol. */
export function parseProtocol(word: string, names: Names): Protocol {
  const name = word.toLowerCase(),
    number = numberIn(name);
  if (number >= 0) return number <= 255 ? protocolOf(number) : fail(`protocol ${word} is beyond 255`);
  const known = knownProtocol(name) ?? names.protocol(name);
  return known === undefined ? fail(`unknown protocol "${word}"`) : protocolOf(known);
}

/** Names that iptables has had of its own since 1.8.11, when it ceased to print those of /etc/protocols. */
const LATER_NAMES: ReadonlyMap<number, string> = new Map([
  [33, "dccp"],
  [108, "ipcomp"],
]);
/** The name that a version of iptables has for a protocol without /etc/protocols. */
export function ownName(number: number, { namedProtocols }: Profile): string | undefined {
  const known = protocolOf(number);
  if (typeof known === "string") return known;
  return namedProtocols ? undefined : LATER_NAMES.get(known);
}
/** By iptables' own name, else that of /etc/protocols where the profile has it so, else by number. */
export function printProtocol(protocol: Protocol, { names, profile }: Context): string {
  if (typeof protocol !== "number") return protocol;
  const name = profile.namedProtocols ? names.protocolName(protocol) : undefined;
  return ownName(protocol, profile) ?? name ?? String(protocol);
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
