import { protocolNumber } from "../model/protocol.js";
import { isNot, type Negatable, type Part, type Rule } from "../model/rule.js";
import { compareInterfaces, compareNetworks } from "./networks.js";

/**
 * How much of what `wanted` matches an earlier `rule` takes away.
 * - `none`: provably nothing.
 * - `part`: an exception; it names a peer, a port or another detail that `wanted` does not name.
 * - `most`: it may take all of it; nothing that it names is such an exception.
 * - `all`: provably everything.
 */
export type Reach = "none" | "part" | "most" | "all";
const ORDER: readonly Reach[] = ["none", "part", "most", "all"];
const least = (all: Iterable<Reach>): Reach => {
  let least: Reach = "all";
  for (const one of all) if (ORDER.indexOf(one) < ORDER.indexOf(least)) least = one;
  return least;
};
export const atLeast = (reach: Reach, bound: Reach): boolean => ORDER.indexOf(reach) >= ORDER.indexOf(bound);

type Side = "apart" | "inside" | "overlapping";
/**
 * One field of both rules. `narrow`: what it means that only the earlier rule names it; `less`, that it names a part of
 * what `wanted` names.
 */
function field<V>(
  rule: Negatable<V> | undefined,
  wanted: Negatable<V> | undefined,
  compare: (wanted: V, rule: V) => Side,
  narrow: Reach,
  less: Reach = narrow,
): Reach {
  if (rule === undefined) return "all";
  const named = wanted !== undefined && !isNot(wanted) ? (wanted as V) : undefined;
  if (isNot(rule)) {
    const side = named === undefined ? "overlapping" : compare(named, rule.not);
    return side === "inside" ? "none" : side === "apart" ? "all" : "most";
  }
  if (named === undefined) return narrow;
  const side = compare(named, rule as V);
  return side === "apart" ? "none" : side === "inside" ? "all" : less;
}
const same = (a: unknown, b: unknown): Side => (a === b ? "inside" : "apart");

type Range = number | readonly [from: number, to: number];
const ends = (range: Range): readonly [number, number] =>
  typeof range === "number" ? [range, range] : range;
function comparePorts(a: readonly Range[], b: readonly Range[]): Side {
  const inside = (one: Range) =>
    b.some((other) => ends(other)[0] <= ends(one)[0] && ends(one)[1] <= ends(other)[1]);
  const touching = (one: Range) =>
    b.some((other) => ends(other)[0] <= ends(one)[1] && ends(one)[0] <= ends(other)[1]);
  return a.every(inside) ? "inside" : a.some(touching) ? "overlapping" : "apart";
}
type Ports = Negatable<readonly Range[]>;
const inList = (ports: unknown): Ports | undefined => {
  if (ports === undefined) return undefined;
  const list = (value: unknown): readonly Range[] =>
    typeof value === "number" || (Array.isArray(value) && value.length === 2 && typeof value[0] === "number")
      ? [value as Range]
      : (value as readonly Range[]);
  const one = ports as Negatable<unknown>;
  return isNot(one) ? { not: list(one.not) } : list(one);
};
/** The ports that a match names on one side; multiport's lists keep their own shape. */
function portsOf(part: Part, side: "s" | "d"): Ports | undefined {
  const { name, options } = part;
  if (name === "tcp" || name === "udp") return inList(options[`${side}port`]);
  if (name !== "multiport") return undefined;
  const ports = (options[`${side}ports`] ?? options.ports) as Ports | undefined;
  return ports;
}

const STATES = ["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED"];
function statesOf(part: Part): readonly string[] | undefined {
  const states = (part.name === "conntrack" ? part.options.ctstate : part.options.state) as
    | Negatable<readonly string[]>
    | undefined;
  if (states === undefined) return undefined;
  return isNot(states) ? STATES.filter((state) => !states.not.includes(state)) : states;
}
/** A rule for new connections decides about a service, whatever it does with the others. */
function states(rule: readonly string[], wanted: readonly string[]): Reach {
  if (!wanted.some((state) => rule.includes(state))) return "none";
  if (wanted.every((state) => rule.includes(state))) return "all";
  return wanted.includes("NEW") && !rule.includes("NEW") ? "part" : "most";
}

function part(one: Part, wanted: Rule): Reach {
  const others = wanted.matches ?? [],
    theirs = others.map(statesOf).find((list) => list !== undefined) ?? STATES,
    keys = Object.keys(one.options);
  if (one.name === "comment") return "all";
  if (one.name === "conntrack" || one.name === "state") {
    const own = statesOf(one);
    return own === undefined || keys.length > 1 ? "part" : states(own, theirs);
  }
  if (isFirst(one) && !theirs.includes("NEW")) return "none";
  const known = ["sport", "dport", "sports", "dports", "ports"];
  const rest = isFirst(one) ? keys.filter((key) => key !== "tcpFlags") : keys;
  if (!["tcp", "udp", "multiport"].includes(one.name) || rest.some((key) => !known.includes(key)))
    return "part";
  return least(
    (["s", "d"] as const).map((side) =>
      // A port of the service is no exception, even if it is not all of them.
      field(
        portsOf(one, side),
        others.map((other) => portsOf(other, side)).find(Boolean),
        comparePorts,
        "part",
        "most",
      ),
    ),
  );
}
/** `--syn`: what every TCP connection begins with. */
function isFirst({ name, options }: Part): boolean {
  const flags = options.tcpFlags as
    | { readonly mask: readonly string[]; readonly set: readonly string[] }
    | undefined;
  return name === "tcp" && flags !== undefined && !isNot(flags) && `${flags.set}` === "SYN";
}
/** All of TCP is no exception of anything; another protocol is one, such as ICMP. */
const isTcp = (protocol: Rule["protocol"]): boolean =>
  protocol !== undefined && !isNot(protocol) && protocolNumber(protocol) === protocolNumber("tcp");

/** What the peer is called in a chain: a rule that names one is an exception for that peer. */
const isPeer = (chain: string, key: "source" | "destination"): boolean =>
  (chain === "INPUT" && key === "source") ||
  (chain === "OUTPUT" && key === "destination") ||
  chain === "FORWARD";

/** See `Reach`. `chain` is the built-in chain in which both are met. */
export function reach(rule: Rule, wanted: Rule, chain: string): Reach {
  const address = (key: "source" | "destination") =>
    field(rule[key], wanted[key], compareNetworks, isPeer(chain, key) ? "part" : "most");
  return least([
    address("source"),
    address("destination"),
    field(rule.inInterface, wanted.inInterface, compareInterfaces, "most"),
    field(rule.outInterface, wanted.outInterface, compareInterfaces, "most"),
    field<unknown>(rule.protocol, wanted.protocol, same, isTcp(rule.protocol) ? "most" : "part"),
    rule.fragment === undefined || isNot(rule.fragment) ? "all" : "part",
    ...(rule.matches ?? []).map((one) => part(one, wanted)),
  ]);
}
