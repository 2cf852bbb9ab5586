import { ZERO_COUNTERS } from "../model/counters.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { placedText, printContext, ruleText } from "./print-rule.js";

export interface CommandsOptions {
  /** Only this chain. Default: all. */
  readonly chain?: string;
  /** Only this rule of `chain`; a number past the last rule gives nothing. */
  readonly number?: number;
  /** `-c PACKETS BYTES` in every policy and rule, as iptables -S -v. Default false. */
  readonly counters?: boolean;
  /** Default: the names that are built in. */
  readonly names?: Names;
  /** The version of iptables that words the rules. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
}

/**
 * The commands that would make the table, as iptables -S prints them: policies and chains first. One string per line,
 * line ends included.
 *
 * @throws `no-such-chain`; `opaque` where a rule cannot be said in text.
 * @example for (const line of rulesAsCommands(filter, { chain: "INPUT" })) process.stdout.write(line);
 */
export function* rulesAsCommands(table: Table, options: CommandsOptions = {}): Generator<string> {
  const { chain, number, counters = false } = options;
  if (chain !== undefined && number !== undefined) {
    if (table.rules(chain).at(number - 1)) yield ruleCommand(table, chain, number, options);
    return;
  }
  const chains = chain === undefined ? table.chains : [chain];
  for (const name of chains) {
    const policy = table.policyOf(name),
      { packets, bytes } = table.countersOf(name);
    const counted = counters ? ` -c ${packets} ${bytes}` : "";
    yield table.isBuiltIn(name) ? `-P ${name} ${policy ?? "-"}${counted}\n` : `-N ${name}\n`;
  }
  for (const name of chains) {
    const { length } = table.rules(name);
    for (let n = 1; n <= length; n++) yield ruleCommand(table, name, n, options);
  }
}

function ruleCommand(table: Table, chain: string, number: number, options: CommandsOptions): string {
  const rule = table.rules(chain).at(number - 1)!;
  return `-A ${chain}${placedText(table, chain, number, () => words(rule, table.family, options))}\n`;
}
/** With a blank before each option. */
function words(rule: Rule, family: Family, { counters, names, profile }: CommandsOptions): string {
  const ctx = printContext({ family, names, profile });
  if (!counters) return ruleText(rule, ctx);
  const { jump, goto, ...conditions } = rule,
    { packets, bytes } = rule.counters ?? ZERO_COUNTERS;
  const target = { ...(jump !== undefined && { jump }), ...(goto !== undefined && { goto }) };
  return `${ruleText(conditions, ctx)} -c ${packets} ${bytes}${ruleText(target, ctx)}`;
}
