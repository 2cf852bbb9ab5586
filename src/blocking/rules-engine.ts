import type { Networks } from "../blocklist/networks.js";
import { prefixTree, type TreeChain, treeChainName } from "../blocklist/prefix-tree.js";
import { fail } from "../errors.js";
import type { Firewall } from "../firewall.js";
import type { Part, Rule } from "../model/rule.js";
import { Slices } from "../model/slices.js";
import { sameRule, type Table } from "../model/table.js";
import type { ChainRule } from "../services/recipes.js";
import { type PlacedRule, placeRules, type RuleOptions, removeRules } from "./place.js";

export interface RulesLoaded {
  /** How many rules are in chains that were made or changed, and how many were in those before. */
  readonly added: number;
  readonly removed: number;
  readonly rules: readonly PlacedRule[];
}
/** So many chains are edited before the event loop gets its turn. */
const AT_ONCE = 100;

/** Makes the list a tree of chains, in the same commit as the rules that lead there. */
export async function loadRules(
  firewall: Firewall,
  name: string,
  networks: Networks,
  { chains = ["INPUT"], jump = "DROP" }: RuleOptions,
  signal?: AbortSignal,
): Promise<RulesLoaded> {
  if (chains.includes("OUTPUT")) fail("a list of rules looks at sources: OUTPUT needs the engine sets");
  const tree = prefixTree(name, networks),
    counts = { added: 0, removed: 0 },
    slices = new Slices("blocklist sync", signal);
  const prepare = async (filter: Table): Promise<Table> => {
    counts.added = counts.removed = 0;
    const old = ownChains(filter, name),
      wanted = new Set(tree.map(({ name: chain }) => chain)),
      changed: { readonly chain: string; readonly rules: readonly Rule[] }[] = [];
    for (const one of tree) {
      if (filter.has(one.name) && !old.includes(one.name))
        fail(`chain ${one.name} is in the way of the list ${name}, and none of its own: rename one of them`);
      const rules = rulesOf(one, jump);
      if (!filter.has(one.name) || !sameRules(filter, one.name, rules))
        changed.push({ chain: one.name, rules });
      if (slices.due()) await slices.pause();
    }
    const gone = old.filter((chain) => !wanted.has(chain));
    let table = filter;
    // All chains first: rules lead from one to the other.
    const fresh = changed.filter(({ chain }) => !filter.has(chain));
    if (fresh.length > 0)
      table = table.edit((draft) => {
        for (const { chain } of fresh) draft.newChain(chain);
      });
    for (let i = 0; i < changed.length; i += AT_ONCE) {
      table = table.edit((draft) => {
        for (const { chain, rules } of changed.slice(i, i + AT_ONCE)) {
          counts.removed += draft.rules(chain).length;
          counts.added += rules.length;
          draft.flush(chain);
          draft.append(chain, rules);
        }
      });
      await slices.pause();
    }
    if (gone.length > 0)
      table = table.edit((draft) => {
        for (const chain of gone) {
          counts.removed += draft.rules(chain).length;
          draft.flush(chain);
        }
        for (const chain of gone) draft.deleteChain(chain);
      });
    return table;
  };
  const rules = await placeRules(firewall, leading(name, chains), prepare, { signal });
  return { ...counts, rules };
}
const leading = (name: string, chains: readonly ChainRule["chain"][]): ChainRule[] =>
  chains.map((chain) => ({ chain, rule: { jump: name } }));

/** Takes the list's rules and chains away. */
export const unloadRules = (firewall: Firewall, name: string): Promise<void> =>
  removeRules(
    firewall,
    ({ jump }) => jump === name,
    (table) => {
      const own = ownChains(table, name);
      if (own.length === 0) return table;
      return table.edit((draft) => {
        for (const chain of own) draft.flush(chain);
        for (const chain of own) draft.deleteChain(chain);
      });
    },
  );

/** What the list's chains block, as text. */
export function* blockedBy(table: Table, name: string): Generator<string> {
  for (const chain of ownChains(table, name))
    for (const { source, goto } of table.rules(chain))
      if (goto === undefined && typeof source === "string") yield source;
}

/** The chain of the list's name and those that it leads to; a chain of such a name that it does not lead to is not its own. */
function ownChains(table: Table, name: string): string[] {
  const found = table.has(name) ? [name] : [],
    isOwn = treeChainName(name);
  for (const chain of found)
    for (const { goto } of table.rules(chain))
      if (goto !== undefined && isOwn.test(goto) && !found.includes(goto)) found.push(goto);
  return found;
}
const rulesOf = ({ rules }: TreeChain, jump: "DROP" | Part): Rule[] =>
  rules.map(({ source, goto }) => (goto === undefined ? { source, jump } : { source, goto }));
function sameRules(table: Table, chain: string, wanted: readonly Rule[]): boolean {
  const held = table.rules(chain);
  return held.length === wanted.length && wanted.every((rule, i) => sameRule(held.at(i)!, rule));
}
