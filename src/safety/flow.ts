import type { Endpoint } from "../model/endpoint.js";
import type { Family } from "../model/family.js";
import { protocolNumber } from "../model/protocol.js";
import { networkBounds } from "./address-bounds.js";
import { type Bounds, meeting, subtract, unionOf } from "./bounds.js";
import {
  DESTINATION,
  DPORT,
  every,
  FIELD_COUNT,
  type Field,
  FLAGS,
  HOP_LIMIT,
  IN,
  interfaces,
  NO_INTERFACE,
  OUT,
  PROTOCOL,
  SOURCE,
  SPORT,
  STATE,
  states,
} from "./field.js";
import type { Packets } from "./packets.js";
import type { HostFacts, Scene } from "./scene.js";

/** The TCP flags of a connection's packets, as numbers. */
const SYN = 2,
  SYN_ACK = 18,
  ACK = 16,
  PSH_ACK = 24;
const DATA: Bounds = unionOf([
  [ACK, ACK + 1],
  [PSH_ACK, PSH_ACK + 1],
]);
/** Packets that carry data; without them a connection is of no use. */
export const CARRYING: Bounds = [PSH_ACK, PSH_ACK + 1];
/** Ports that clients call from. */
const CALLERS: Bounds = [1024, 0x10000];
const RAW_STATE = states("INVALID");
const ALL_KNOWN = 0xffff_ffff;

/** Whom "anyone" means: what a host on a network can have. */
const STRANGERS: Readonly<Record<Family, Bounds>> = {
  ipv4: unionOf([
    [2 ** 24, 127 * 2 ** 24],
    [128 * 2 ** 24, 224 * 2 ** 24],
  ]),
  // 2000::/3, fc00::/7 and fe80::/10
  ipv6: unionOf([
    [1n << 125n, 1n << 126n],
    [0xfcn << 120n, 0xfen << 120n],
    [0xfe8n << 116n, 0xfecn << 116n],
  ]),
};
const LOOPBACK: Readonly<Record<Family, Bounds>> = {
  ipv4: networkBounds("127.0.0.0/8", "ipv4")!,
  ipv6: networkBounds("::1", "ipv6")!,
};

export type Direction = "in" | "out";
/** One kind of packets that an endpoint lives by. */
export interface Leg {
  readonly name: string;
  readonly direction: Direction;
  readonly flags: Bounds | undefined;
  /** The first packet of a connection. */
  readonly first: boolean;
}
const TCP: readonly Leg[] = [
    { name: "SYN", direction: "in", flags: [SYN, SYN + 1], first: true },
    { name: "SYN,ACK", direction: "out", flags: [SYN_ACK, SYN_ACK + 1], first: false },
    { name: "data in", direction: "in", flags: DATA, first: false },
    { name: "data out", direction: "out", flags: DATA, first: false },
  ],
  UDP: readonly Leg[] = [
    { name: "request", direction: "in", flags: undefined, first: true },
    { name: "answer", direction: "out", flags: undefined, first: false },
    { name: "data in", direction: "in", flags: undefined, first: false },
  ];
/** The kinds of packets that a service of the protocol lives by, the first of a connection first. */
export const legsOf = (protocol: Endpoint["protocol"]): readonly Leg[] => (protocol === "tcp" ? TCP : UDP);

/** The packets of one endpoint, as far as they are known. */
export class Flow {
  readonly endpoint: Endpoint;
  readonly facts: HostFacts;
  /** Those at the other end are everybody: then it is enough if there is somebody. */
  readonly anyone: boolean;
  readonly peers: Bounds;
  readonly own: Bounds | undefined;
  /** Whether the peer is this host itself. */
  readonly local: boolean | undefined;
  constructor(endpoint: Endpoint, facts: HostFacts) {
    const { family, from } = endpoint;
    this.endpoint = endpoint;
    this.facts = facts;
    this.anyone = from === undefined || from.endsWith("/0");
    const named = this.anyone ? undefined : networkBounds(from!, family);
    this.peers = named ?? STRANGERS[family];
    this.own = facts.addresses && ownOf(facts.addresses, family);
    if (meeting(this.peers, LOOPBACK[family]) === "whole") this.local = true;
    else if (this.own)
      this.local = { apart: false, part: undefined, whole: true }[meeting(this.peers, this.own)];
    // Nobody asks for the address that the caller has himself.
    else this.local = false;
  }

  scene({ direction, first }: Pick<Leg, "direction" | "first">): Scene {
    const { endpoint, facts, peers, own, local } = this;
    return {
      family: endpoint.family,
      direction,
      facts,
      own: own && unionOf(pairs([...own, ...LOOPBACK[endpoint.family]])),
      peers,
      localPeer: local,
      syn: first,
    };
  }

  /** As they come to the first hook. `port`: where the service was led to, if not to its own. */
  packets({ direction, flags }: Leg, changed: ReadonlyMap<Field, Bounds> = new Map()): Packets {
    const { endpoint, peers, local } = this,
      { family } = endpoint,
      inward = direction === "in",
      fields: Bounds[] = Array.from({ length: FIELD_COUNT }, (_, field) => every(field, family));
    let vague = 1 << HOP_LIMIT;
    const { to, port } = endpoint,
      own = to === undefined ? undefined : networkBounds(to, family);
    fields[inward ? SOURCE : DESTINATION] = peers;
    fields[inward ? DESTINATION : SOURCE] = own ?? this.own ?? every(SOURCE, family);
    if (own === undefined) vague |= 1 << (inward ? DESTINATION : SOURCE);
    fields[inward ? SPORT : DPORT] =
      endpoint.peerPort === undefined ? CALLERS : [endpoint.peerPort, endpoint.peerPort + 1];
    fields[inward ? DPORT : SPORT] = [port, port + 1];
    const protocol = protocolNumber(endpoint.protocol);
    fields[PROTOCOL] = [protocol, protocol + 1];
    if (flags) fields[FLAGS] = flags;
    fields[STATE] = RAW_STATE;
    fields[inward ? OUT : IN] = NO_INTERFACE;
    const device = inward ? IN : OUT,
      names = local ? ["lo"] : endpoint.interfaces;
    if (names) fields[device] = unionOf(names.map((name) => interfaces(name) as [string, string]));
    else {
      fields[device] = subtract(subtract(every(device, family), interfaces("lo")), NO_INTERFACE);
      vague |= 1 << device;
    }
    // By which of several it comes is not known either.
    if (names && names.length > 1) vague |= 1 << device;
    for (const [field, set] of changed) fields[field] = set;
    return {
      fields,
      mark: 0,
      known: ALL_KNOWN,
      vague,
      mapping: undefined,
      zone: undefined,
      assumed: undefined,
      trail: undefined,
    };
  }
}

const pairs = (bounds: Bounds) =>
  Array.from({ length: bounds.length / 2 }, (_, i) => [bounds[2 * i]!, bounds[2 * i + 1]!] as const);
const ownOf = (addresses: readonly string[], family: Family): Bounds =>
  unionOf(
    addresses
      .filter((address) => address.includes(":") === (family === "ipv6"))
      .flatMap((address) => pairs(networkBounds(address, family) ?? [])),
  );
