import { type Names, parseRuleWords, type Rule, type Table } from "../index.js";
import type { CommandLine } from "./command-line.js";
import type { Request } from "./request.js";

/** The rules that the words make: several where an option lists addresses. Throws `syntax`, pointing at the word. */
export function rulesOf(request: Request, table: Table, names: Names, line: CommandLine): readonly Rule[] {
  const { rule, family, verb, chain } = request;
  const { rules } = parseRuleWords(
    rule.map(({ word }) => word),
    {
      family,
      names,
      table: table.name,
      chain,
      hasChain: (name) => table.has(name),
      refuse: (problem, index) => line.refuse(problem, rule[index]?.index ?? line.words.length),
    },
  );
  if (verb === "R" && rules.length > 1)
    line.refuse("-R puts one rule in the place of one: lists of addresses make several", line.words.length);
  const counted = rule.find(({ word }) => word === "-c");
  if (counted && (verb === "D" || verb === "C")) line.refuse(`-${verb} does not take -c`, counted.index);
  return rules;
}
