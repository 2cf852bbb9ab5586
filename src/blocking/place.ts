import { set } from "../extensions/matches/set.js";
import { type Firewall, type OpenOptions, open, type WriteOptions } from "../firewall.js";

import type { Family } from "../model/family.js";
import type { Part, Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { applyService, type Placement } from "../services/apply.js";
import type { ChainRule } from "../services/recipes.js";

/** Where packets are compared with a list. */
export type BlockedChain = ChainRule["chain"];
/** Which rules use a list. */
export interface RuleOptions {
  /**
   * Default INPUT: what comes to this host. FORWARD: what it passes on, too. OUTPUT: what it sends, by the destination.
   */
  readonly chains?: readonly BlockedChain[];
  /** What becomes of them. Default DROP. */
  readonly jump?: "DROP" | Part;
}
/** Whose tables hold the rules. */
export type RulesHome = Pick<OpenOptions, "netns" | "backend" | "lockPath" | "names">;
/** What became of the rule of one chain. */
export interface PlacedRule extends Pick<Placement, "chain" | "action" | "number" | "reason"> {
  readonly family: Family;
}

/** The rules that look a packet's peer up in a set. */
export function setRules(name: string, { chains = ["INPUT"], jump = "DROP" }: RuleOptions): ChainRule[] {
  return chains.map((chain) => {
    const by = chain === "OUTPUT" ? (["dst"] as const) : (["src"] as const);
    return { chain, rule: { matches: [set({ matchSet: { set: name, by } })], jump } };
  });
}

/** Puts blocking rules where they work, once: on top, behind what lets loopback and established connections in. */
export async function placeRules(
  firewall: Firewall,
  rules: readonly ChainRule[],
  prepare: (table: Table) => Table | Promise<Table> = (table) => table,
  options: Pick<WriteOptions, "signal"> = {},
): Promise<PlacedRule[]> {
  let placed: readonly Placement[] = [];
  await firewall.transaction(
    "filter",
    async (filter) => {
      const prepared = await prepare(filter),
        { table, placements } = applyService(prepared, { intent: "block", title: "a list", rules });
      placed = placements;
      return prepared === filter && placements.every(({ action }) => action === "kept") ? undefined : table;
    },
    options,
  );
  return placed.map(({ chain, action, number, reason }) => ({
    family: firewall.family,
    chain,
    action,
    number,
    reason,
  }));
}

/** Puts rules first in their chains, so that they hold for established connections too; only refusals may stand above. */
export async function placeOnTop(firewall: Firewall, rules: readonly ChainRule[]): Promise<void> {
  await firewall.transaction("filter", (filter) => {
    let table = filter;
    for (const { chain, rule } of rules) {
      const at = table.find(chain, rule);
      if (at > 0 && [...table.rules(chain)].slice(0, at - 1).every(refuses)) continue;
      if (at > 0) table = table.delete(chain, at);
      table = table.insert(chain, 1, rule);
    }
    return table === filter ? undefined : table;
  });
}
const refuses = ({ jump }: Rule): boolean =>
  jump === "DROP" || (typeof jump === "object" && jump.name === "REJECT");

/** Deletes rules of any built-in chain for which `isOurs` says so. */
export async function removeRules(
  firewall: Firewall,
  isOurs: (rule: Rule) => boolean,
  finish: (table: Table) => Table = (table) => table,
): Promise<void> {
  await firewall.transaction("filter", (filter) => {
    let table = filter;
    for (const chain of filter.chains.filter((name) => filter.isBuiltIn(name)))
      for (let number = table.rules(chain).length; number > 0; number--)
        if (isOurs(table.rules(chain).at(number - 1)!)) table = table.delete(chain, number);
    const finished = finish(table);
    return finished === filter ? undefined : finished;
  });
}
/** Whether the rule looks something up in that set. */
export const namesSet =
  (name: string) =>
  ({ matches = [] }: Rule): boolean =>
    matches.some(
      ({ name: match, options }) => match === "set" && JSON.stringify(options.matchSet).includes(`"${name}"`),
    );

export async function withFirewall<T>(
  family: Family,
  home: RulesHome,
  work: (firewall: Firewall) => Promise<T>,
): Promise<T> {
  await using firewall = await open({ ...home, family });
  return await work(firewall);
}
