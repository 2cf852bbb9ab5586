import type { Finding, Rules } from "./examine.js";
import { DESTINATION, DPORT, every, HOP_LIMIT, ICMP, PROTOCOL, SOURCE, SPORT, states } from "./field.js";
import type { Flow } from "./flow.js";
import { INWARD, OUTWARD, travel } from "./journey.js";
import { judge } from "./verdict.js";
import { Walk } from "./walk.js";

const ICMPV6 = 58,
  SOLICITATION = 135,
  ADVERTISEMENT = 136,
  TYPE = 256;
/** RFC 4861: they have come over no router. */
const HOPS = 255;
const UNTRACKED = states("UNTRACKED");

const LEGS = [
  { name: "neighbour solicitation in", direction: "in", type: SOLICITATION, needed: true },
  { name: "neighbour advertisement out", direction: "out", type: ADVERTISEMENT, needed: true },
  { name: "neighbour solicitation out", direction: "out", type: SOLICITATION, needed: false },
  { name: "neighbour advertisement in", direction: "in", type: ADVERTISEMENT, needed: false },
] as const;

/**
 * IPv6 finds its neighbours, routers included, by ICMPv6, which ip6tables filters; conntrack leaves it alone. To be found is
 * needed; to ask is not where the other one asks first, which is never sure.
 */
export function* neighbours(flow: Flow, rules: Rules): Generator<void, readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, direction, type, needed } of LEGS) {
    const leg = { name, direction, flags: undefined, first: false },
      any = every(SOURCE, "ipv6"),
      ports = every(SPORT, "ipv6");
    const packets = flow.packets(
      leg,
      new Map([
        [PROTOCOL, [ICMPV6, ICMPV6 + 1]],
        [ICMP, [type * TYPE, type * TYPE + 1]],
        [HOP_LIMIT, [HOPS, HOPS + 1]],
        [SOURCE, any],
        [DESTINATION, any],
        [SPORT, ports],
        [DPORT, ports],
      ]),
    );
    // What sets are known to hold is about the peers, who need not be the neighbours.
    const scene = flow.scene(leg),
      walk = new Walk({ ...scene, facts: { ...scene.facts, sets: {} } }, rules.table),
      accepted = yield* travel(
        walk,
        direction === "in" ? INWARD : OUTWARD,
        [{ ...packets, vague: packets.vague | (1 << SOURCE) | (1 << DESTINATION) }],
        { active: rules.tracking, state: UNTRACKED },
      );
    const judged = judge(accepted, walk.lost, [], true);
    findings.push({
      leg,
      accepted,
      rated: false,
      all: walk.lost,
      ...(judged.verdict === "cut" && !needed ? { ...judged, verdict: "unproved" } : judged),
    });
  }
  return findings;
}
