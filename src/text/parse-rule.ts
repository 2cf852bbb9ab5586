import { RampartError } from "../errors.js";
import type { Family, TableName } from "../model/family.js";
import { builtInNames, type Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import type { Rule } from "../model/rule.js";
import { type Line, refuseAt } from "./place.js";
import { parseRuleWords } from "./rule-parser.js";
import { wordsOf } from "./words.js";

export interface ParseRuleOptions {
  /** Default `ipv4`. */
  readonly family?: Family | undefined;
  /** Default: the names that are built in. `systemNames()` has those of this host. */
  readonly names?: Names | undefined;
  /** The version of iptables whose words they are. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
  /** Where the rule shall go, so that what cannot be there is refused. */
  readonly table?: TableName | undefined;
  readonly chain?: string | undefined;
  /** The user chains there are. Default: a target that is not known is taken for a chain. */
  readonly chains?: Iterable<string> | undefined;
}

/**
 * One rule in iptables' words, without the command.
 *
 * @throws `syntax`, with the column and the reason.
 * @example parseRule("-p tcp -m multiport --dports 80,443 -j ACCEPT")
 */
export function parseRule(text: string, options: ParseRuleOptions = {}): Rule {
  const rules = parseRuleList(text, options),
    [rule] = rules;
  if (rules.length === 1 && rule) return rule;
  const problem = `this makes ${rules.length} rules, one for each address: use parseRuleList`;
  throw new RampartError("syntax", { problem, place: { line: 1, column: 1, source: text } });
}

/** Like `parseRule`, for words that may make several rules: `-s 10.0.0.1,10.0.0.2`. */
export function parseRuleList(
  text: string,
  { family = "ipv4", names = builtInNames, profile, table, chain, chains }: ParseRuleOptions = {},
): readonly Rule[] {
  const line: Line = { number: 1, text },
    words = wordsOf(line),
    known = chains && new Set(chains);
  const refuse = (problem: string, index: number, cause?: unknown): never => {
    const word = words[index];
    return refuseAt(line, problem, word?.from ?? text.length, word?.to ?? text.length, cause);
  };
  const hasChain = known && ((name: string) => known.has(name));
  return parseRuleWords(
    words.map((word) => word.text),
    { family, names, profile, table, chain, hasChain, refuse },
  ).rules;
}
