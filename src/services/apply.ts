import { isNot, type Rule } from "../model/rule.js";
import { sameRule, type Table } from "../model/table.js";
import { atLeast, reach } from "./reach.js";
import type { ChainRule, Service } from "./recipes.js";

/** What became of one rule of a service. */
export interface Placement extends ChainRule {
  /** `kept`: it was there and works, nothing was changed. */
  readonly action: "kept" | "added" | "moved" | "replaced";
  /** Its number now. */
  readonly number: number;
  /** Why there. */
  readonly reason: string;
}
export interface Applied {
  readonly table: Table;
  readonly placements: readonly Placement[];
}

/**
 * The filter table with the service in it. A second run changes nothing.
 *
 * An allow is put before the first rule of its chain that may keep it from working: one that drops or rejects, or
 * that leads to a chain that does, and that names no exception (see `Reach`). A block of one address, or a match that
 * Rampart cannot judge, is such an exception and stays in force; a rule for another interface, port or protocol is
 * passed by. Without such a rule the allow is appended.
 *
 * A block is put on top, after what lets loopback and established connections in and after the blocks that are there.
 *
 * @example
 * const { table, placements } = applyService(filter, allow("https"));
 * await firewall.write(table);
 */
export function applyService(table: Table, service: Service): Applied {
  const place = service.intent === "allow" ? placeAllow : placeBlock;
  let next = table;
  const placements = service.rules.map((wanted) => {
    const [changed, placement] = place(next, wanted);
    next = changed;
    return placement;
  });
  return { table: next, placements };
}

type Place = (table: Table, wanted: ChainRule) => readonly [Table, Placement];

const placeAllow: Place = (table, wanted) => {
  const { chain, rule } = wanted,
    present = table.find(chain, rule),
    cut = firstCut(table, chain, rule);
  const reason =
    cut === 0 ? "no rule there would keep it from working" : `rule ${cut} there would keep it from working`;
  if (present > 0 && (cut === 0 || present < cut))
    return [table, { ...wanted, action: "kept", number: present, reason }];
  if (present > 0)
    return [
      table.delete(chain, present).insert(chain, cut, rule),
      { ...wanted, action: "moved", number: cut, reason },
    ];
  const number = cut === 0 ? table.rules(chain).length + 1 : cut;
  return [table.insert(chain, number, rule), { ...wanted, action: "added", number, reason }];
};

/** The number of the first rule that may keep `wanted` from working; 0 if there is none. */
function firstCut(table: Table, chain: string, wanted: Rule): number {
  let number = 0;
  for (const rule of table.rules(chain)) {
    number++;
    const end = endOf(table, chain, rule, wanted, new Set());
    if (end === "cut" || (end === "return" && table.policyOf(chain) === "DROP")) return number;
  }
  return 0;
}

/** What becomes of packets of `wanted` at a rule: they go on to the next, leave the chain, are let in, or are lost. */
type End = "on" | "return" | "accept" | "cut";
function endOf(table: Table, hook: string, rule: Rule, wanted: Rule, seen: ReadonlySet<string>): End {
  const taken = reach(rule, wanted, hook),
    surely = taken === "all",
    { jump } = rule;
  if (!atLeast(taken, "most")) return "on";
  if (jump === "DROP" || (typeof jump === "object" && jump.name === "REJECT")) return "cut";
  if (jump === "ACCEPT") return surely ? "accept" : "on";
  if (jump === "RETURN") return surely ? "return" : "on";
  const to = rule.goto ?? jump;
  // Everything else that is not a chain lets packets go on, or hands them to a program whose answer nobody knows here.
  if (typeof to !== "string" || !table.has(to) || seen.has(to)) return "on";
  const end = walk(table, hook, to, wanted, new Set([...seen, to]));
  if (end === "cut" || end === "accept") return end;
  return rule.goto === undefined ? "on" : surely ? "return" : "on";
}
function walk(table: Table, hook: string, chain: string, wanted: Rule, seen: ReadonlySet<string>): End {
  for (const rule of table.rules(chain)) {
    const end = endOf(table, hook, rule, wanted, seen);
    if (end !== "on") return end;
  }
  return "on";
}

const placeBlock: Place = (table, wanted) => {
  const { chain, rule } = wanted,
    top = preamble(table, chain) + 1;
  const present = findBlock(table, chain, rule);
  if (present === 0) {
    const reason = top === 1 ? "first of all" : "after loopback, established connections and other blocks";
    return [table.insert(chain, top, rule), { ...wanted, action: "added", number: top, reason }];
  }
  const exact = table.find(chain, rule) === present,
    late = letIn(table, chain, rule, top, present);
  if (!late && exact)
    return [
      table,
      { ...wanted, action: "kept", number: present, reason: "no rule above it lets such packets in" },
    ];
  const number = late ? top : present;
  const reason = late ? `rule ${late} above it let such packets in` : "it refused them in another way";
  const next = table.delete(chain, present).insert(chain, number, rule);
  return [next, { ...wanted, action: exact ? "moved" : "replaced", number, reason }];
};

const refuses = ({ jump }: Rule): boolean =>
  jump === "DROP" || (typeof jump === "object" && jump.name === "REJECT");
const { keys } = Object;
const only = (rule: Rule, ...fields: readonly (keyof Rule)[]): boolean =>
  keys(rule).every((key) => key === "jump" || key === "counters" || fields.includes(key as keyof Rule));

/** How many rules at the top let loopback and established connections in, drop invalid packets, or block an address. */
function preamble(table: Table, chain: string): number {
  let n = 0;
  for (const rule of table.rules(chain)) {
    const [match, ...more] = rule.matches ?? [];
    const states = match && more.length === 0 && only(rule, "matches") ? onlyStates(match) : undefined;
    const loopback =
      only(rule, "inInterface", "outInterface") && (rule.inInterface ?? rule.outInterface) === "lo";
    const known =
      rule.jump === "ACCEPT"
        ? loopback || states?.every((state) => state === "ESTABLISHED" || state === "RELATED")
        : refuses(rule) &&
          (states?.every((state) => state === "INVALID") ||
            (rule.source !== undefined && !isNot(rule.source) && only(rule, "source", "inInterface")));
    if (!known) break;
    n++;
  }
  return n;
}
function onlyStates({ name, options }: NonNullable<Rule["matches"]>[number]): readonly string[] | undefined {
  const states = name === "conntrack" ? options.ctstate : name === "state" ? options.state : undefined;
  return Array.isArray(states) && keys(options).length === 1 ? states : undefined;
}

/** The number of the first rule that refuses the same packets, in whatever way; 0 if there is none. */
function findBlock(table: Table, chain: string, wanted: Rule): number {
  const exact = table.find(chain, wanted);
  if (exact > 0) return exact;
  let number = 0;
  for (const rule of table.rules(chain)) {
    number++;
    if (refuses(rule) && rule.jump !== undefined && sameRule({ ...wanted, jump: rule.jump }, rule))
      return number;
  }
  return 0;
}

/** The number of a rule between `from` and `to` that may let packets of `wanted` in; 0 if there is none. */
function letIn(table: Table, chain: string, wanted: Rule, from: number, to: number): number {
  for (let number = from; number < to; number++) {
    const rule = table.rules(chain).at(number - 1)!;
    if (refuses(rule) || (rule.jump === undefined && rule.goto === undefined)) continue;
    const passing = typeof rule.jump === "object" || rule.jump === "RETURN";
    if (!passing && atLeast(reach(rule, wanted, chain), "part")) return number;
  }
  return 0;
}
