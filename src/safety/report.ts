import type { Endpoint } from "../model/endpoint.js";
import type { Family, TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { addressOf } from "./address-bounds.js";
import type { Finding } from "./examine.js";
import { DESTINATION, DPORT, FLAGS, IN, OUT, PROTOCOL, SOURCE, SPORT } from "./field.js";
import type { Doubt, Packets, Step } from "./packets.js";
import type { Verdict } from "./verdict.js";

/** One place on the way of a packet. */
export interface PathStep {
  readonly table: TableName;
  readonly chain: string;
  /** From 1; 0 is the chain's policy. */
  readonly number: number;
  readonly rule?: Rule;
  /** What became of the packet there: "DROP", "jump GEO", "policy ACCEPT". */
  readonly did: string;
}
/** A packet that the verdict is true of. */
export interface Witness {
  readonly source: string;
  readonly destination?: string;
  readonly protocol: number;
  readonly sport: number;
  readonly dport: number;
  readonly flags?: readonly string[];
  readonly inInterface?: string;
  readonly outInterface?: string;
}
/** What is known about one kind of packets. */
export interface LegReport {
  /** "SYN", "SYN,ACK", "data in", "data out", or the kind of neighbour discovery. */
  readonly packets: string;
  readonly direction: "in" | "out";
  readonly verdict: Verdict;
  /** The way to where it was decided, where the verdict is not safe; else the way of one that arrives. */
  readonly path: readonly PathStep[];
  /** The last of `path`, where the verdict is not safe. */
  readonly decided?: PathStep;
  /** What became of the packet, in a word: "DROP", "REJECT", "led to another host". */
  readonly how?: string;
  readonly witness?: Witness;
  /** What would have to be known. */
  readonly doubts: readonly Doubt[];
  /** Whether an open connection ends for good, so that going back to the old rules does not bring it back. */
  readonly resets: boolean;
}
export interface PartReport {
  readonly part: "new connections" | "open connection" | "neighbour discovery";
  readonly verdict: Verdict;
  readonly legs: readonly LegReport[];
}
/** Rules that make it safe; that they do has been judged. */
export interface Fix {
  readonly table: TableName;
  readonly chain: string;
  /** Before which rule, from 1. */
  readonly number: number;
  readonly rule: Rule;
}
export interface EndpointReport {
  readonly endpoint: Endpoint;
  readonly verdict: Verdict;
  readonly parts: readonly PartReport[];
  /** Empty where none is needed, or none was found. */
  readonly fixes: readonly Fix[];
  /** Whether the open connection comes back when the old rules do; only of one that is cut. */
  readonly survivesRollback?: boolean;
}
export interface SafetyReport {
  /** The worst of all. Where there is nothing to protect it is `unproved`: nothing is known to be safe. */
  readonly verdict: Verdict;
  readonly endpoints: readonly EndpointReport[];
}

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

/** The way that packets have come. */
export function pathOf(packets: Packets): readonly PathStep[] {
  const out: PathStep[] = [];
  for (let step: Step | undefined = packets.trail; step; step = step.before) {
    const { table, chain, number, rule, did } = step;
    out.push({ table, chain, number, ...(rule && { rule }), did });
  }
  return out.reverse();
}
export function doubtsOf({ assumed }: Packets): readonly Doubt[] {
  const out: Doubt[] = [];
  for (let one = assumed; one; one = one.before) {
    const { doubt } = one.fork;
    if (!out.some(({ what }) => what === doubt.what)) out.push(doubt);
  }
  // What holds for every packet says more than what depends on how many there were.
  return out.sort((a, b) => Number(a.kind === "rate") - Number(b.kind === "rate"));
}

export function witnessOf({ fields, vague }: Packets, family: Family, tcp: boolean): Witness {
  const first = (field: number) => fields[field]![0]!,
    name = (field: number) => (((vague >> field) & 1) === 0 ? String(first(field)) : ""),
    flags = Number(first(FLAGS));
  return {
    source: addressOf(first(SOURCE), family),
    ...(((vague >> DESTINATION) & 1) === 0 && { destination: addressOf(first(DESTINATION), family) }),
    protocol: Number(first(PROTOCOL)),
    sport: Number(first(SPORT)),
    dport: Number(first(DPORT)),
    ...(tcp && { flags: FLAG_NAMES.filter((_, bit) => (flags >> bit) & 1) }),
    ...(name(IN) !== "" && { inInterface: name(IN) }),
    ...(name(OUT) !== "" && { outInterface: name(OUT) }),
  };
}

export function legReport(
  { leg, verdict, lost, accepted }: Finding,
  family: Family,
  tcp: boolean,
): LegReport {
  const about = lost?.packets ?? accepted[0],
    path = about ? pathOf(about) : [],
    decided = path.at(-1);
  return {
    packets: leg.name,
    direction: leg.direction,
    verdict,
    path,
    ...(lost && decided && { decided }),
    ...(lost && { how: lost.how }),
    ...(lost && { witness: witnessOf(lost.packets, family, tcp) }),
    doubts: lost ? doubtsOf(lost.packets) : [],
    resets: lost?.reset ?? false,
  };
}
