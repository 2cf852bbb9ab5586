import { icmp6 } from "../extensions/matches/icmp.js";
import { tcp } from "../extensions/matches/tcp.js";
import { udp } from "../extensions/matches/udp.js";
import type { Endpoint } from "../model/endpoint.js";
import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import type { EndpointReport, Fix, LegReport, PathStep } from "./report.js";

/** More rules than this mend nothing that somebody would still call a fix. */
const MOST = 8;
const NEIGHBOURS = [135, 136];

/** Where the packet came into the chain of the hook that decided: a rule before that one comes first. */
function entry(path: readonly PathStep[], table: Table): PathStep | undefined {
  const last = path.at(-1);
  let found = last;
  for (let i = path.length - 1; i >= 0; i--) {
    const step = path[i]!;
    if (step.table !== last?.table) break;
    found = step;
    if (table.isBuiltIn(step.chain)) break;
  }
  return found && table.isBuiltIn(found.chain) ? found : undefined;
}
function accepting({ family, from, protocol }: Endpoint, leg: LegReport, neighbour: boolean): Rule {
  if (neighbour) {
    const type = NEIGHBOURS.find((_, i) => leg.packets.includes(i === 0 ? "solicitation" : "advertisement"))!;
    return { protocol: "ipv6-icmp", matches: [icmp6({ icmpv6Type: type })], jump: "ACCEPT" };
  }
  const match = { tcp, udp }[protocol],
    inward = leg.direction === "in",
    { sport, dport } = leg.witness!;
  const peer =
    from === undefined || from.endsWith("/0")
      ? undefined
      : from.includes("/")
        ? from
        : `${from}/${family === "ipv4" ? 32 : 128}`;
  return {
    ...(peer !== undefined && (inward ? { source: peer } : { destination: peer })),
    protocol,
    matches: [inward ? match({ dport }) : match({ sport })],
    jump: "ACCEPT",
  };
}

/**
 * Rules that make the endpoint safe, each put before the rule that decided against it; none where that does not help.
 * `examine` judges the rules with them: what is given back has been judged.
 */
export function* findFixes(
  tables: readonly Table[],
  report: EndpointReport,
  examine: (tables: readonly Table[]) => Generator<void, EndpointReport>,
): Generator<void, readonly Fix[]> {
  const { endpoint } = report,
    fixes: Fix[] = [];
  let current = tables,
    now = report;
  while (fixes.length < MOST) {
    const part = now.parts.find(({ verdict }) => verdict === "cut" || verdict === "unproved"),
      leg = part?.legs.find(({ verdict }) => verdict === "cut" || verdict === "unproved");
    if (!part) return fixes;
    if (!leg?.decided || !leg.witness) return [];
    const { table: name } = leg.decided,
      table = current.find((one) => one.name === name && one.family === endpoint.family),
      at = table && entry(leg.path, table);
    if (!table || !at) return [];
    const rule = accepting(endpoint, leg, part.part === "neighbour discovery"),
      number = at.number || table.rules(at.chain).length + 1;
    fixes.push({ table: name, chain: at.chain, number, rule });
    current = current.map((one) => (one === table ? table.insert(at.chain, number, rule) : one));
    now = yield* examine(current);
    // What does not move the place of decision will not help a second time.
    const next = now.parts.flatMap(({ legs }) => legs).find((one) => one.packets === leg.packets);
    if (
      next?.decided?.chain === leg.decided.chain &&
      next.decided.rule === leg.decided.rule &&
      next.verdict !== "safe"
    )
      return [];
  }
  return [];
}
