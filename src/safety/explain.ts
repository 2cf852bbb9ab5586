import type { Family } from "../model/family.js";
import { protocolNumber } from "../model/protocol.js";
import type { Protocol } from "../model/rule.js";
import { Slices } from "../model/slices.js";
import type { Table } from "../model/table.js";
import { networkBounds } from "./address-bounds.js";
import type { Bounds } from "./bounds.js";
import { rulesOf } from "./check.js";
import {
  DESTINATION,
  DPORT,
  every,
  FIELD_COUNT,
  type Field,
  FLAGS,
  ICMP,
  IN,
  interfaces,
  NO_INTERFACE,
  numbers,
  OUT,
  PROTOCOL,
  SOURCE,
  SPORT,
  STATE,
  type State,
  states,
} from "./field.js";
import { FORWARDED, INWARD, OUTWARD, type Stage, travel } from "./journey.js";
import type { Doubt, Packets } from "./packets.js";
import { doubtsOf, type PathStep, pathOf, type Witness, witnessOf } from "./report.js";
import type { HostFacts } from "./scene.js";
import { Walk } from "./walk.js";

/** One packet, or a set of them: what is left out may be anything. */
export interface PacketQuery {
  /** Default: what the addresses are, else ipv4. */
  readonly family?: Family;
  /** Address or network. */
  readonly source?: string;
  readonly destination?: string;
  /** Default: tcp where ports are named. */
  readonly protocol?: Protocol;
  readonly sport?: number;
  readonly dport?: number;
  /** TCP flags that are set; SYN for a new connection unless given. */
  readonly tcpFlags?: readonly ("FIN" | "SYN" | "RST" | "PSH" | "ACK" | "URG")[];
  /** Where it comes in; without it and with `outInterface` this host sends it. With both it is forwarded. */
  readonly inInterface?: string;
  readonly outInterface?: string;
  /** What conntrack makes of it. Default NEW. */
  readonly ctstate?: State;
}
/** What becomes of some of the packets. */
export interface Fate {
  readonly fate: "accepted" | "lost";
  /** "DROP", "REJECT", "led to another host", … */
  readonly how?: string;
  /** Rule by rule, those that only count or mark included. */
  readonly path: readonly PathStep[];
  /** What is not known, and would have to be so for this. */
  readonly doubts: readonly Doubt[];
  /** One of these packets, as it is at the end. */
  readonly packet: Witness;
}
export interface Explanation {
  readonly verdict: "accepted" | "lost" | "depends";
  readonly fates: readonly Fate[];
}

const FLAG_BITS = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;
const TCP = 6,
  SYN = 2;
const single = (value: number): Bounds => numbers(value);

function packetsOf(query: PacketQuery, family: Family, way: "in" | "out" | "through"): Packets {
  const fields = Array.from({ length: FIELD_COUNT }, (_, field) => every(field, family)),
    known = new Set<Field>();
  const put = (field: Field, set: Bounds | undefined): void => {
    if (set === undefined) return;
    fields[field] = set;
    known.add(field);
  };
  const { source, destination, sport, dport, tcpFlags, inInterface, outInterface, ctstate = "NEW" } = query,
    protocol = query.protocol ?? (sport !== undefined || dport !== undefined ? "tcp" : undefined);
  put(SOURCE, source === undefined ? undefined : networkBounds(source, family));
  put(DESTINATION, destination === undefined ? undefined : networkBounds(destination, family));
  put(SPORT, sport === undefined ? undefined : single(sport));
  put(DPORT, dport === undefined ? undefined : single(dport));
  put(PROTOCOL, protocol === undefined ? undefined : single(protocolNumber(protocol)));
  if (tcpFlags) put(FLAGS, single(tcpFlags.reduce((sum, flag) => sum | FLAG_BITS[flag], 0)));
  else if (protocol !== undefined && protocolNumber(protocol) === TCP && ctstate === "NEW")
    put(FLAGS, single(SYN));
  put(IN, way === "out" ? NO_INTERFACE : inInterface === undefined ? undefined : interfaces(inInterface));
  put(OUT, way === "in" ? NO_INTERFACE : outInterface === undefined ? undefined : interfaces(outInterface));
  // In raw nothing is tracked yet.
  put(STATE, states("INVALID"));
  let vague = 0;
  for (let field = 0; field < FIELD_COUNT; field++)
    if (!known.has(field) && field !== ICMP) vague |= 1 << field;
  return {
    fields,
    mark: 0,
    known: 0xffff_ffff,
    vague,
    mapping: undefined,
    zone: undefined,
    assumed: undefined,
    trail: undefined,
  };
}
const STAGES: Readonly<Record<"in" | "out" | "through", readonly Stage[]>> = {
  in: INWARD,
  out: OUTWARD,
  through: FORWARDED,
};

/**
 * The way of one packet, or a set of them, through all tables, rule by rule, and what becomes of it.
 *
 * @example
 * await explain([filter], { inInterface: "eth0", source: "203.0.113.7", protocol: "tcp", dport: 443 })
 */
export async function explain(
  tables: readonly Table[],
  query: PacketQuery,
  { facts = {}, signal }: { readonly facts?: HostFacts; readonly signal?: AbortSignal } = {},
): Promise<Explanation> {
  const { source = "", destination = "", inInterface, outInterface } = query,
    family = query.family ?? (/:/.test(source + destination) ? "ipv6" : "ipv4"),
    way = outInterface === undefined ? "in" : inInterface === undefined ? "out" : "through";
  const packets = packetsOf(query, family, way),
    work = journey(tables, packets, family, way, query.ctstate ?? "NEW", facts);
  return new Slices("explain", signal).through(work);
}

function* journey(
  tables: readonly Table[],
  packets: Packets,
  family: Family,
  way: "in" | "out" | "through",
  state: State,
  facts: HostFacts,
): Generator<void, Explanation> {
  const rules = yield* rulesOf(tables, family, facts),
    scene = {
      family,
      direction: way,
      facts,
      own: undefined,
      peers: undefined,
      localPeer: undefined,
      syn: state === "NEW",
    },
    walk = new Walk(scene, rules.table, { everyStep: true });
  const accepted = yield* travel(walk, STAGES[way], [packets], {
    active: rules.tracking,
    state: states(state),
  });
  const tcp = packets.fields[PROTOCOL]![0] === TCP;
  const fate = (one: Packets, how?: string): Fate => ({
    fate: how === undefined ? "accepted" : "lost",
    ...(how !== undefined && { how }),
    path: pathOf(one),
    doubts: doubtsOf(one),
    packet: witnessOf(one, family, tcp),
  });
  const fates = [
    ...accepted.map((one) => fate(one)),
    ...walk.lost.map(({ packets: one, how }) => fate(one, how)),
  ];
  const verdict = walk.lost.length === 0 ? "accepted" : accepted.length === 0 ? "lost" : "depends";
  return { verdict, fates };
}
