import { sameValue } from "../model/equal.js";
import type { Family, TableName } from "../model/family.js";
import { isNot, type Part, type Rule } from "../model/rule.js";
import { chainBehind } from "../model/rule-list.js";
import { Slices } from "../model/slices.js";
import type { Table } from "../model/table.js";
import { shadows } from "./shadows.js";

export type LintKind =
  | "never-matches"
  | "shadowed"
  | "duplicate"
  | "unreachable-chain"
  | "nat-policy"
  | "established-late"
  | "established-untracked"
  | "ipv6-open"
  | "published-port";
/** Something about rules that is seldom meant. */
export interface LintFinding {
  readonly kind: LintKind;
  readonly family: Family;
  readonly table: TableName;
  readonly chain: string;
  /** From 1; absent where it is about the chain. */
  readonly number?: number;
  readonly rule?: Rule;
  /** The earlier rule of the chain that is the reason. */
  readonly because?: number;
  readonly reason: string;
  readonly remedy: string;
}
type Report = (finding: Omit<LintFinding, "family" | "table">) => void;

function unreachable(table: Table, report: Report): void {
  const seen = new Set<string>(),
    visit = (chain: string): void => {
      if (seen.has(chain) || !table.has(chain)) return;
      seen.add(chain);
      for (const rule of table.rules(chain)) {
        const next = chainBehind(rule);
        if (next !== undefined) visit(next);
      }
    };
  for (const chain of table.chains) if (table.isBuiltIn(chain)) visit(chain);
  for (const chain of table.chains)
    if (!seen.has(chain) && table.rules(chain).length > 0)
      report({
        kind: "unreachable-chain",
        chain,
        reason: "no built-in chain leads to it",
        remedy: "jump to it, or delete it",
      });
}

function policies(table: Table, report: Report): void {
  if (table.name !== "nat") return;
  for (const chain of table.chains)
    if (table.isBuiltIn(chain) && table.policyOf(chain) === "DROP")
      report({
        kind: "nat-policy",
        chain,
        reason: "a policy of DROP in nat loses new connections only, and only while conntrack is at work",
        remedy: "drop in the filter table",
      });
}

const statesIn = (part: Part): readonly string[] | undefined => {
  const value =
    part.name === "state" ? part.options.state : part.name === "conntrack" ? part.options.ctstate : undefined;
  return value === undefined || isNot(value as object) ? undefined : (value as readonly string[]);
};
const accepts = (rule: Rule, state: string): boolean =>
  rule.jump === "ACCEPT" && (rule.matches ?? []).some((part) => statesIn(part)?.includes(state));
const isNotrack = ({ jump }: Rule): boolean =>
  typeof jump === "object" &&
  (jump.name === "NOTRACK" || (jump.name === "CT" && jump.options.notrack === true));

/** So many rules before it are met by every packet of every open connection. */
const LATE = 10;
function established(table: Table, untracked: boolean, report: Report): void {
  if (table.name !== "filter") return;
  for (const chain of ["INPUT", "FORWARD"]) {
    if (!table.has(chain)) continue;
    let number = 0;
    const rules = [...table.rules(chain)];
    for (const rule of rules) {
      number++;
      if (!accepts(rule, "ESTABLISHED") || accepts(rule, "NEW")) continue;
      if (number > LATE)
        report({
          kind: "established-late",
          chain,
          number,
          rule,
          reason: `every packet of every open connection meets ${number - 1} rules before this one`,
          remedy: "move it to the top of the chain",
        });
      if (untracked && !rules.some((one) => accepts(one, "UNTRACKED")))
        report({
          kind: "established-untracked",
          chain,
          number,
          rule,
          reason: "raw keeps packets from conntrack, so that they are never ESTABLISHED",
          remedy: "accept UNTRACKED too, or what NOTRACK lets go, by port",
        });
      break;
    }
  }
}

function published(table: Table, report: Report): void {
  if (table.name !== "nat" || !table.has("DOCKER")) return;
  let number = 0;
  for (const rule of table.rules("DOCKER")) {
    number++;
    if (typeof rule.jump === "object" && rule.jump.name === "DNAT")
      report({
        kind: "published-port",
        chain: "DOCKER",
        number,
        rule,
        reason: "a port that Docker publishes goes through FORWARD: rules in INPUT do not see it",
        remedy: "filter it in the chain DOCKER-USER, or publish it on 127.0.0.1",
      });
  }
}

function* duplicates(table: Table, report: Report): Generator<void> {
  for (const chain of table.chains) {
    const seen = new Map<string, [number, Rule]>();
    let number = 0;
    for (const rule of table.rules(chain)) {
      number++;
      if ((number & 7) === 0) yield;
      const { counters: _, ...bare } = rule,
        key = JSON.stringify(bare),
        first = seen.get(key);
      if (!first) seen.set(key, [number, rule]);
      else if (sameValue({ ...first[1], counters: undefined }, bare))
        report({
          kind: "duplicate",
          chain,
          number,
          rule,
          because: first[0],
          reason: `it is the same as rule ${first[0]}`,
          remedy: "delete one of them",
        });
    }
  }
}

/** Whether the chain ends by dropping what no rule has accepted. */
function isClosed(table: Table | undefined): boolean {
  if (!table) return false;
  if (table.policyOf("INPUT") === "DROP") return true;
  const rules = table.rules("INPUT"),
    last = rules.at(rules.length - 1);
  if (!last) return false;
  const { jump, counters: _, ...conditions } = last;
  return (
    (jump === "DROP" || (typeof jump === "object" && jump.name === "REJECT")) &&
    Object.keys(conditions).length === 0
  );
}

/**
 * What about rules is seldom meant: rules that never match, doubles, chains that nothing leads to, and the traps of the field.
 * IPv6 is compared with IPv4 where tables of both are given.
 */
export async function lint(
  tables: readonly Table[],
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<readonly LintFinding[]> {
  const out: LintFinding[] = [];
  await new Slices("lint", signal).through(all(tables, out));
  return out;
}
function* all(tables: readonly Table[], out: LintFinding[]): Generator<void> {
  for (const table of tables) {
    const { family, name } = table,
      report: Report = (finding) => out.push({ family, table: name, ...finding }),
      raw = tables.find((one) => one.family === family && one.name === "raw"),
      untracked = raw?.chains.some((chain) => [...raw.rules(chain)].some(isNotrack)) ?? false;
    policies(table, report);
    unreachable(table, report);
    yield* shadows(table, report);
    yield* duplicates(table, report);
    established(table, untracked, report);
    published(table, report);
  }
  const input = (family: Family) => tables.find((one) => one.family === family && one.name === "filter"),
    six = input("ipv6");
  if (six && isClosed(input("ipv4")) && !isClosed(six))
    out.push({
      kind: "ipv6-open",
      family: "ipv6",
      table: "filter",
      chain: "INPUT",
      reason: "IPv4 drops what it does not accept, IPv6 does not",
      remedy: "give ip6tables the same rules, ICMPv6 neighbour discovery accepted: -p ipv6-icmp -j ACCEPT",
    });
}
