import type { Rule } from "../model/rule.js";
import type { CommandHead } from "./command-head.js";
import type { Refuse } from "./command-words.js";
import { parseRuleWords, type RuleScope } from "./rule-parser.js";

/** The rules that a command's words make: several where an option lists addresses. `words`: how many words it has. */
export function commandRules(
  { verb, index, chain, rule }: CommandHead,
  words: number,
  { family, names, profile, table, hasChain }: Omit<RuleScope, "chain" | "refuse">,
  refuse: Refuse,
): readonly Rule[] {
  const { rules } = parseRuleWords(
    rule.map(({ word }) => word),
    {
      family,
      names,
      profile,
      table,
      hasChain,
      chain: chain?.word,
      refuse: (problem, at, cause) => refuse(problem, rule[at]?.index ?? words, cause),
    },
  );
  if (verb === "R" && rules.length > 1)
    refuse("-R puts one rule in the place of one: lists of addresses make several", index);
  return rules;
}
