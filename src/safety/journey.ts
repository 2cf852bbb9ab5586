import type { TableName } from "../model/family.js";
import { type Bounds, equal, intersect, isSpan, meeting, subtract } from "./bounds.js";
import { DESTINATION, DPORT, type Field, STATE, states } from "./field.js";
import { assuming, type Mapping, merge, type Packets, withField } from "./packets.js";
import type { Walk } from "./walk.js";

const NEW = states("NEW"),
  UNTRACKED = states("UNTRACKED");

/** What happens between two tables, in the order of the hooks' priorities (linux/netfilter_ipv4.h). */
export type Stage =
  | { readonly table: TableName; readonly chain: string }
  /** Connection tracking. */
  | "conntrack"
  /** The kernel looks whether the destination is this host. */
  | "route";

/** What comes in for this host. The kernel's order, for both families. */
export const INWARD: readonly Stage[] = [
  { table: "raw", chain: "PREROUTING" },
  "conntrack",
  { table: "mangle", chain: "PREROUTING" },
  { table: "nat", chain: "PREROUTING" },
  "route",
  { table: "mangle", chain: "INPUT" },
  { table: "filter", chain: "INPUT" },
  { table: "security", chain: "INPUT" },
  { table: "nat", chain: "INPUT" },
];
/** What this host sends. */
export const OUTWARD: readonly Stage[] = [
  { table: "raw", chain: "OUTPUT" },
  "conntrack",
  { table: "mangle", chain: "OUTPUT" },
  { table: "nat", chain: "OUTPUT" },
  { table: "filter", chain: "OUTPUT" },
  { table: "security", chain: "OUTPUT" },
  { table: "mangle", chain: "POSTROUTING" },
  { table: "nat", chain: "POSTROUTING" },
];

/** What goes through. */
export const FORWARDED: readonly Stage[] = [
  { table: "raw", chain: "PREROUTING" },
  "conntrack",
  { table: "mangle", chain: "PREROUTING" },
  { table: "nat", chain: "PREROUTING" },
  { table: "mangle", chain: "FORWARD" },
  { table: "filter", chain: "FORWARD" },
  { table: "security", chain: "FORWARD" },
  { table: "mangle", chain: "POSTROUTING" },
  { table: "nat", chain: "POSTROUTING" },
];

export interface Tracking {
  /** Undefined: nobody here knows. */
  readonly active: boolean | undefined;
  /** What conntrack makes of these packets, where nothing keeps them from it. */
  readonly state: Bounds;
  /** Where NAT leads this connection since its first packet; undefined where that is what the rules say now. */
  readonly stored?: Mapping | undefined;
}

/** Takes packets from where they come in, or from the socket, to where they arrive. Gives those that do. */
export function* travel(
  walk: Walk,
  stages: readonly Stage[],
  packets: readonly Packets[],
  tracking: Tracking,
): Generator<void, readonly Packets[]> {
  let live = packets;
  for (const stage of stages) {
    if (live.length === 0) break;
    if (stage === "conntrack") live = live.map((one) => track(one, tracking.state));
    else if (stage === "route") live = live.flatMap((one) => route(walk, one));
    else if (stage.table === "nat") live = yield* nat(walk, stage.chain, live, tracking);
    else live = yield* walk.hook(stage.table, stage.chain, live);
  }
  return live;
}

function track(packets: Packets, state: Bounds): Packets {
  if (equal(packets.fields[STATE]!, UNTRACKED)) return packets;
  const tracked = withField(packets, STATE, state),
    // Several states: it is in one of them.
    vague = isSpan(state) && Number(state[1]) - Number(state[0]) === 1 ? 0 : 1 << STATE;
  return { ...tracked, vague: tracked.vague | vague };
}

/** The rules are for the first packet of a connection; the others go where it went. */
function* nat(
  walk: Walk,
  chain: string,
  live: readonly Packets[],
  { active, stored }: Tracking,
): Generator<void, readonly Packets[]> {
  if (active === false) return live;
  const out: Packets[] = [],
    first: Packets[] = [];
  for (const one of live) {
    const state = one.fields[STATE]!,
      fresh = meeting(state, NEW);
    // Answers get back the port that was asked for behind the last table only.
    const led = chain === "PREROUTING" && !equal(state, UNTRACKED) ? stored : undefined;
    if (fresh === "apart") out.push(moved(one, led));
    else if (fresh === "whole") first.push(one);
    else {
      const fork = {
        doubt: { kind: "host", what: "the conntrack state" } as const,
        step: here(one, chain),
        field: STATE,
      };
      out.push(moved(assuming(withField(one, STATE, subtract(state, NEW)), fork, false), led));
      first.push(assuming(withField(one, STATE, intersect(state, NEW)), fork, true));
    }
  }
  if (active === undefined) {
    // Asleep, conntrack leaves out the nat table altogether.
    const worlds = first.map((one) => {
      const fork = {
        doubt: { kind: "host", what: "whether conntrack is at work" } as const,
        step: here(one, chain),
      };
      out.push(assuming(one, fork, false));
      return assuming(one, fork, true);
    });
    out.push(...(yield* walk.hook("nat", chain, worlds)));
  } else out.push(...(yield* walk.hook("nat", chain, first)));
  const changes = chain === "PREROUTING" || chain === "OUTPUT";
  return merge(changes ? out.map((one) => moved(one, one.mapping)) : out);
}
const here = ({ trail }: Packets, chain: string) => ({
  before: trail,
  table: "nat" as const,
  chain,
  number: 0,
  did: "conntrack",
});

/** With the destination that NAT gives them. */
function moved(packets: Packets, mapping: Mapping | undefined): Packets {
  if (!mapping) return packets;
  let { vague } = packets;
  const fields = packets.fields.slice();
  const put = (field: Field, set: Bounds | undefined) => {
    if (set === undefined) return;
    fields[field] = set;
    vague = single(set) ? vague & ~(1 << field) : vague | (1 << field);
  };
  put(DESTINATION, mapping.addresses ?? (mapping.local ? undefined : packets.fields[DESTINATION]));
  // REDIRECT takes an address of the interface, which may be another one than the packet was for.
  if (mapping.local) vague |= 1 << DESTINATION;
  put(DPORT, mapping.ports);
  return { ...packets, fields, vague, mapping };
}
/** Of one value: a port, or a name. Addresses of IPv6 count by bigints. */
function single(set: Bounds): boolean {
  if (set.length !== 2) return false;
  const [from, to] = set;
  return typeof from === "bigint" ? (to as bigint) - from === 1n : Number(to) - Number(from) === 1;
}

const ELSEWHERE = "led to another host";
/** Whether a changed destination is still this host. */
function route(walk: Walk, packets: Packets): readonly Packets[] {
  const { mapping } = packets;
  if (mapping?.addresses === undefined) return [packets];
  const { own } = walk.scene,
    how = own === undefined ? undefined : meeting(mapping.addresses, own);
  if (how === "whole") return [packets];
  if (how === "apart") {
    walk.lose(packets, ELSEWHERE);
    return [];
  }
  return [
    walk.either(
      packets,
      { kind: "host", what: "whether the new destination is this host" },
      mapping.step,
      ELSEWHERE,
    ),
  ];
}
