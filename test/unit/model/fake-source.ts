import type { Chain } from "../../../src/model/chain.js";
import { ZERO_COUNTERS } from "../../../src/model/counters.js";
import type { Rule } from "../../../src/model/rule.js";
import { isVerdict } from "../../../src/model/rule.js";
import { type RuleSource, Slots, targetChain } from "../../../src/model/rule-list.js";
import { sameRule, Table } from "../../../src/model/table.js";

/** A filter table "read" from arrays: what a backend makes, without a kernel. */
export function readTable(rules: Readonly<Record<string, readonly Rule[]>>): Table {
  const all: Rule[] = [],
    chains = new Map<string, Chain>();
  for (const [name, list] of Object.entries({ INPUT: [], FORWARD: [], OUTPUT: [], ...rules })) {
    const builtIn = /^(INPUT|FORWARD|OUTPUT)$/.test(name),
      slots = Slots.run(all.length, list.length);
    all.push(...list);
    chains.set(name, {
      name,
      origin: name,
      builtIn,
      ...(builtIn && { policy: "ACCEPT" as const }),
      counters: ZERO_COUNTERS,
      slots,
    });
  }
  const source: RuleSource = {
    rule: (index) => all[index]!,
    target: (index) => {
      const name = targetChain(all[index]!);
      return name === undefined || isVerdict(name) ? undefined : name;
    },
    finder: (rule) => (index) => sameRule(all[index]!, rule),
  };
  return new Table("ipv4", { name: "filter", chains, source, renames: new Map(), same: sameRule }).withOrigin(
    1,
  );
}
/** A rule that is told from others by its number. */
export const numbered = (n: number): Rule => ({ source: `10.0.${n >> 8}.${n & 255}/32`, jump: "DROP" });
