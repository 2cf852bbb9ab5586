import type { Endpoint } from "../model/endpoint.js";
import type { Family, TableName } from "../model/family.js";
import { Slices } from "../model/slices.js";
import type { Table } from "../model/table.js";
import { Examination, type Finding, type Rules } from "./examine.js";
import { findFixes } from "./fix.js";
import { Flow } from "./flow.js";
import { neighbours } from "./neighbours.js";
import {
  type EndpointReport,
  type LegReport,
  legReport,
  type PartReport,
  type SafetyReport,
} from "./report.js";
import type { HostFacts } from "./scene.js";
import { wakesConntrack } from "./tracking.js";
import { worst } from "./verdict.js";

/** The tables of one family; those that are left out hold nothing. */
export function* rulesOf(tables: readonly Table[], family: Family, facts: HostFacts): Generator<void, Rules> {
  const own = new Map<TableName, Table>(
    tables.filter((table) => table.family === family).map((table) => [table.name, table]),
  );
  const wakes = yield* wakesConntrack([...own.values()]);
  return { table: (name) => own.get(name), tracking: wakes || facts.conntrack };
}

/** The report on one endpoint, without a fix. */
function* examine(endpoint: Endpoint, rules: Rules, facts: HostFacts): Generator<void, EndpointReport> {
  const { peerPort, tracked: _, ...service } = endpoint,
    { family, protocol } = endpoint,
    flow = new Flow(service, facts),
    parts: PartReport[] = [];
  const add = (part: PartReport["part"], findings: readonly Finding[]): void => {
    const legs = findings.map((one) => legReport(one, family, protocol === "tcp"));
    parts.push({ part, verdict: worst(legs.map(({ verdict }) => verdict)), legs });
  };
  if (peerPort !== undefined) add("open connection", yield* session(endpoint, rules, facts));
  add("new connections", yield* new Examination(flow, rules).beginnings());
  if (family === "ipv6" && flow.local !== true) add("neighbour discovery", yield* neighbours(flow, rules));
  const open = parts.find(({ part }) => part === "open connection"),
    cut = open?.verdict === "cut" ? open.legs : undefined;
  return {
    endpoint,
    verdict: worst(parts.map(({ verdict }) => verdict)),
    parts,
    fixes: [],
    ...(cut && { survivesRollback: !cut.some((leg: LegReport) => leg.resets) }),
  };
}

function* session(endpoint: Endpoint, rules: Rules, facts: HostFacts): Generator<void, readonly Finding[]> {
  const examination = new Examination(new Flow(endpoint, facts), rules),
    { tracked } = endpoint;
  const findings: Finding[] = [];
  if (tracked !== false) findings.push(...(yield* examination.session(true)));
  // Where nothing tracks connections, no rule asks for their state.
  if (tracked !== true && rules.tracking !== false) findings.push(...(yield* examination.session(false)));
  return findings.length > 0 ? findings : yield* examination.session(false);
}

export interface CheckOptions {
  /** What is known of the host. What is left out is not known, and makes verdicts less sure. */
  readonly facts?: HostFacts;
  /** Whether to look for rules that would help. Default true. */
  readonly fixes?: boolean;
  readonly signal?: AbortSignal | undefined;
}

function* judgeAll(
  tables: readonly Table[],
  endpoints: readonly Endpoint[],
  facts: HostFacts,
  fixes: boolean,
): Generator<void, SafetyReport> {
  const rules = new Map<Family, Rules>(),
    reports: EndpointReport[] = [];
  for (const endpoint of endpoints) {
    const { family } = endpoint;
    const own = rules.get(family) ?? (yield* rulesOf(tables, family, facts));
    rules.set(family, own);
    const report = yield* examine(endpoint, own, facts);
    const again = function* (changed: readonly Table[]) {
      return yield* examine(endpoint, yield* rulesOf(changed, family, facts), facts);
    };
    const fixed = fixes && (report.verdict === "cut" || report.verdict === "unproved");
    reports.push(fixed ? { ...report, fixes: yield* findFixes(tables, report, again) } : report);
  }
  return {
    verdict: endpoints.length === 0 ? "unproved" : worst(reports.map(({ verdict }) => verdict)),
    endpoints: reports,
  };
}

/**
 * Judges whether rules let endpoints go on working: connections that are open and new ones, both ways, through all tables.
 * Pure: it asks no kernel. Tables that are left out are taken as empty, policies that a file leaves open as ACCEPT.
 *
 * @example
 * const report = await check([filter], [{ family: "ipv4", protocol: "tcp", port: 22, from: "203.0.113.7", provenance: [] }]);
 * if (report.verdict === "cut") console.log(report.endpoints[0].parts);
 */
export async function check(
  tables: readonly Table[],
  endpoints: readonly Endpoint[],
  { facts = {}, fixes = true, signal }: CheckOptions = {},
): Promise<SafetyReport> {
  return new Slices("check", signal).through(judgeAll(tables, endpoints, facts, fixes));
}
