import type { TableName } from "../model/family.js";
import type { Table } from "../model/table.js";
import { type Bounds, equal } from "./bounds.js";
import { DESTINATION, DPORT, type Field, FLAGS, SOURCE, SPORT, STATE, states } from "./field.js";
import { CARRYING, type Flow, type Leg, legsOf } from "./flow.js";
import { INWARD, OUTWARD, type Stage, travel } from "./journey.js";
import { assuming, isVague, type Mapping, type Packets, withField, without } from "./packets.js";
import { type Judged, judge, touches, type Verdict } from "./verdict.js";
import { type Lost, Walk, type WalkOptions } from "./walk.js";

/** The tables of one family, and what they mean for conntrack. */
export interface Rules {
  readonly table: (name: TableName) => Table | undefined;
  /** Whether the kernel tracks connections with these rules. Undefined: it depends on others. */
  readonly tracking: boolean | undefined;
}
/** What was found about one kind of packets. */
export interface Finding extends Judged {
  readonly leg: Leg;
  /** Packets that arrive. */
  readonly accepted: readonly Packets[];
  /** Whether a limiter had a say. */
  readonly rated: boolean;
  /** All that does not arrive. */
  readonly all: readonly Lost[];
}
/** What was found for a part of the packets. */
interface Part {
  readonly finding: Finding;
  /** Whether there are such packets in every world. */
  readonly sure: boolean;
}

const NEW = states("NEW"),
  ESTABLISHED = states("ESTABLISHED"),
  /** Seen one way only, conntrack cannot follow the sequence numbers. */
  BLIND = states("INVALID", "NEW", "ESTABLISHED"),
  UNTRACKED = states("UNTRACKED");
const ONE_WAY = {
  kind: "host",
  what: "what conntrack makes of a connection that it sees one way only",
} as const;
const MOST_WORK = 20_000;

/** Goes through all that one endpoint lives by. */
export class Examination {
  readonly flow: Flow;
  readonly #rules: Rules;
  constructor(flow: Flow, rules: Rules) {
    this.flow = flow;
    this.#rules = rules;
  }
  #walk(leg: Leg, options?: WalkOptions): Walk {
    return new Walk(this.flow.scene(leg), this.#rules.table, options);
  }
  /** A peer on this host sends through OUTPUT first. */
  #stages({ direction }: Leg): readonly Stage[] {
    const own = direction === "in" ? INWARD : OUTWARD;
    if (!this.flow.local) return own;
    return [...OUTWARD, ...INWARD.filter((stage) => typeof stage === "string" || stage.table !== "nat")];
  }

  /** Connections that begin now. */
  *beginnings(): Generator<void, readonly Finding[]> {
    const [first, ...others] = legsOf(this.flow.endpoint.protocol) as [Leg, ...Leg[]],
      opening = yield* this.#leg(first, [this.flow.packets(first)], NEW, undefined, false),
      findings = [opening];
    // Where the service was led elsewhere, or for whom it is at all, is what the opening has found.
    const led = opening.accepted.some(({ mapping }) => mapping !== undefined),
      all = led || this.flow.anyone ? this.#reached(opening.accepted) : [],
      reached = all.slice(0, MOST_PARTS),
      following = (leg: Leg) => reached.map((one) => this.#following(leg, one)),
      oneWay = yield* this.#oneWay(
        reached.length > 0 ? reached.map((one) => this.#following(first, one)) : [this.flow.packets(first)],
        others.map((leg) => [leg, reached.length > 0 ? following(leg) : [this.flow.packets(leg)]] as const),
      ),
      state = oneWay ? BLIND : ESTABLISHED;
    for (const leg of others) {
      const parts: Part[] = [],
        packets = following(leg);
      for (const [i, one] of reached.entries())
        parts.push({
          sure: one.assumed === undefined,
          finding: yield* this.#leg(leg, [packets[i]!], state, one.mapping, oneWay),
        });
      const whole = gathered(leg, parts, !this.flow.anyone);
      // Those that were not looked at may be otherwise.
      const unsure = all.length > reached.length && whole?.verdict === (this.flow.anyone ? "cut" : "safe");
      findings.push(
        (unsure ? { ...whole!, verdict: "unproved" as const } : whole) ??
          (yield* this.#leg(leg, [this.flow.packets(leg)], state, undefined, oneWay)),
      );
    }
    return findings;
  }
  /** The connection that is open. `tracked`: whether conntrack has an entry for it. */
  *session(tracked: boolean): Generator<void, readonly Finding[]> {
    const legs = legsOf(this.flow.endpoint.protocol).filter(
        ({ first, name }) => !first && name !== "SYN,ACK",
      ),
      all = legs.map((leg) => [leg, [this.flow.packets(leg)]] as const),
      oneWay = yield* this.#oneWay(all[0]![1], all.slice(1)),
      findings: Finding[] = [];
    // Without an entry whoever speaks first begins a connection; what is answered is established.
    const state = tracked ? ESTABLISHED : this.#pickedUp();
    for (const leg of legs)
      findings.push(
        yield* this.#leg(leg, [this.flow.packets(leg)], oneWay ? BLIND : state, undefined, oneWay),
      );
    return findings;
  }
  #pickedUp(): Bounds {
    return this.flow.facts.tcpLoose === false
      ? states("INVALID", "ESTABLISHED")
      : states("NEW", "ESTABLISHED");
  }

  /** Definitely reached first: with them the service is there for someone. */
  #reached(accepted: readonly Packets[]): readonly Packets[] {
    const sure = accepted.filter(({ assumed }) => assumed === undefined);
    return this.flow.anyone && sure.length > 0 ? sure : accepted;
  }
  /** What follows packets that have arrived, one way or the other. */
  #following(leg: Leg, opening: Packets): Packets {
    const peer = opening.fields[SOURCE]!,
      port = opening.fields[SPORT]!,
      changed = new Map<Field, Bounds>();
    let vague = 0;
    if (leg.direction === "in") {
      changed.set(SOURCE, peer).set(SPORT, port);
      return this.flow.packets(leg, changed);
    }
    changed.set(DESTINATION, peer).set(DPORT, port).set(SPORT, opening.fields[DPORT]!);
    changed.set(SOURCE, opening.fields[DESTINATION]!);
    if (isVague(opening, DESTINATION)) vague |= 1 << SOURCE;
    if (isVague(opening, DPORT)) vague |= 1 << SPORT;
    const packets = this.flow.packets(leg, changed);
    return { ...packets, vague: packets.vague | vague };
  }

  /** `capped`: whatever is found holds in some world only. */
  *#leg(
    leg: Leg,
    packets: readonly Packets[],
    state: Bounds,
    stored: Mapping | undefined,
    capped: boolean,
  ): Generator<void, Finding> {
    const found = yield* this.#once(leg, packets, state, stored, capped, false);
    if (found.verdict !== "unproved" || !leg.first || !found.rated) return found;
    const fresh = yield* this.#once(leg, packets, state, stored, capped, true);
    return fresh.verdict === "safe" ? { ...found, verdict: "throttled", ...limited(found) } : found;
  }
  *#once(
    leg: Leg,
    packets: readonly Packets[],
    state: Bounds,
    stored: Mapping | undefined,
    capped: boolean,
    fresh: boolean,
  ): Generator<void, Finding> {
    const walk = this.#walk(leg, { fresh }),
      start = capped ? packets.map((one) => assuming(one, { doubt: ONE_WAY, step: START }, true)) : packets;
    const arrived = yield* travel(walk, this.#stages(leg), start, {
      active: this.#rules.tracking,
      state,
      stored,
    });
    const accepted = leg.first ? this.#heard(walk, arrived) : arrived,
      judged = this.#judge(leg, accepted, walk.lost),
      rated = walk.lost.some(({ packets }) => hasRate(packets)) || accepted.some(hasRate);
    return {
      leg,
      accepted,
      rated,
      all: walk.lost,
      ...(capped && judged.verdict === "safe" ? unsure(accepted) : judged),
    };
  }
  /** Whether a server listens where the packets were led to. */
  #heard(walk: Walk, arrived: readonly Packets[]): readonly Packets[] {
    const { listening } = this.flow.facts,
      { port } = this.flow.endpoint;
    return arrived.flatMap((one) => {
      const { mapping } = one,
        [from, to] = (mapping?.ports ?? []) as readonly number[];
      if (!mapping || from === undefined || (from === port && to === port + 1)) return [one];
      const all = Array.from({ length: to! - from }, (_, i) => from + i);
      if (listening && all.every((one) => listening.includes(one))) return [one];
      if (listening && !all.some((one) => listening.includes(one))) {
        walk.lose({ ...one, trail: mapping.step }, `led to port ${from}, where no such server listens`);
        return [];
      }
      return [
        walk.either(
          { ...one, trail: mapping.step },
          { kind: "host", what: `whether the service listens on port ${from} too` },
          mapping.step,
        ),
      ];
    });
  }

  #judge(leg: Leg, accepted: readonly Packets[], lost: readonly Lost[]): Judged {
    const inward = leg.direction === "in",
      all = !this.flow.anyone,
      identity = inward ? [SOURCE, SPORT] : [DESTINATION, DPORT];
    if (leg.flags === undefined || leg.first || leg.name === "SYN,ACK")
      return judge(accepted, lost, identity, all);
    const withFlags = [...identity, FLAGS],
      carrying = lost.filter((one) => touches(one, FLAGS, CARRYING));
    const worst = judge(accepted, carrying, withFlags, all);
    if (worst.verdict !== "safe") return worst;
    const rest = judge(accepted, lost, withFlags, all);
    // Bare acknowledgements alone: it limps, but is not cut.
    return rest.verdict === "cut" ? { ...rest, verdict: "unproved" } : rest;
  }

  /** Whether raw keeps some packets of the connections from conntrack, and others not. `first` come in. */
  *#oneWay(
    first: readonly Packets[],
    others: readonly (readonly [Leg, readonly Packets[]])[],
  ): Generator<void, boolean> {
    const [leg] = legsOf(this.flow.endpoint.protocol),
      kept = yield* this.#untracked(leg!, first);
    if (!kept) return true;
    for (const [other, packets] of others) {
      const also = yield* this.#untracked(other, packets);
      if (!also || !covers(also, kept) || !covers(kept, also)) return true;
    }
    return false;
  }
  /** Those that raw keeps from conntrack, turned as they come in; undefined where it is not known. */
  *#untracked(leg: Leg, packets: readonly Packets[]): Generator<void, readonly Packets[] | undefined> {
    const walk = this.#walk(leg),
      inward = leg.direction === "in",
      arrived = yield* walk.hook("raw", inward ? "PREROUTING" : "OUTPUT", packets),
      untracked = arrived.filter(({ fields }) => equal(fields[STATE]!, UNTRACKED));
    if (arrived.some(({ zone }) => zone !== undefined)) return undefined;
    if (untracked.some(({ assumed }) => assumed !== undefined)) return undefined;
    return inward ? untracked : untracked.map(turned);
  }
}

/** Of what was led elsewhere, or reached, no more parts than this are followed. */
const MOST_PARTS = 16;
const PEER: readonly Field[] = [SOURCE, SPORT];
const covers = (some: readonly Packets[], others: readonly Packets[]): boolean =>
  without(some, others, PEER, MOST_WORK)?.length === 0;
const turned = (packets: Packets): Packets =>
  withField(withField(packets, SOURCE, packets.fields[DESTINATION]!), SPORT, packets.fields[DPORT]!);

const START = { before: undefined, table: "raw", chain: "PREROUTING", number: 0, did: "conntrack" } as const;
function unsure([one]: readonly Packets[]): Judged {
  return one
    ? { verdict: "unproved", lost: { packets: one, how: ONE_WAY.what, reset: false } }
    : { verdict: "unproved" };
}
function hasRate({ assumed }: Packets): boolean {
  for (let one = assumed; one; one = one.before) if (one.fork.doubt.kind === "rate") return true;
  return false;
}

/** What only a limiter keeps from arriving. */
function limited({ all, lost }: Finding): Pick<Finding, "lost"> {
  const one = all.find(({ packets }) => hasRate(packets)) ?? lost;
  return one ? { lost: one } : {};
}

/** One finding for all parts; undefined where there is none. `all`: every part must be well, not just some. */
function gathered(leg: Leg, parts: readonly Part[], all: boolean): Finding | undefined {
  const accepted = parts.flatMap(({ finding }) => finding.accepted),
    rated = parts.some(({ finding }) => finding.rated),
    is = (verdict: Verdict, sure: boolean) =>
      parts.find((part) => part.finding.verdict === verdict && (part.sure || !sure))?.finding;
  const [first] = parts;
  if (!first) return undefined;
  const whole = (finding: Finding, verdict: Verdict): Finding => ({
    ...finding,
    leg,
    accepted,
    rated,
    verdict,
  });
  const good = is("safe", true);
  if (!all && good) return whole(good, "safe");
  if (parts.every(({ finding }) => finding.verdict === "cut")) return whole(first.finding, "cut");
  const bad = is("cut", true);
  if (all && bad) return whole(bad, "cut");
  const unsure = is("unproved", false) ?? is("cut", false);
  return unsure ? whole(unsure, "unproved") : whole(first.finding, "safe");
}
