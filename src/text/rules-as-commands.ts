import type { Names } from "../model/names.js";
import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { printRule } from "./print-rule.js";

export interface CommandsOptions {
  /** Only this chain. Default: all. */
  readonly chain?: string;
  /** Only this rule of `chain`; a number past the last rule gives nothing. */
  readonly number?: number;
  /** `-c PACKETS BYTES` in every policy and rule, as iptables -S -v. Default false. */
  readonly counters?: boolean;
  /** Default: the names that are built in. */
  readonly names?: Names;
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
    const rule = table.rules(chain).at(number - 1);
    if (rule) yield ruleCommand(table, chain, rule, options);
    return;
  }
  const chains = chain === undefined ? table.chains : [chain];
  for (const name of chains) {
    const policy = table.policyOf(name),
      { packets, bytes } = table.countersOf(name);
    const counted = counters ? ` -c ${packets} ${bytes}` : "";
    yield table.isBuiltIn(name) ? `-P ${name} ${policy ?? "-"}${counted}\n` : `-N ${name}\n`;
  }
  for (const name of chains)
    for (const rule of table.rules(name)) yield ruleCommand(table, name, rule, options);
}

function ruleCommand(table: Table, chain: string, rule: Rule, { counters, names }: CommandsOptions): string {
  const { family } = table,
    { jump, goto, ...conditions } = rule;
  const target = { ...(jump !== undefined && { jump }), ...(goto !== undefined && { goto }) };
  const { packets, bytes } = rule.counters ?? { packets: 0, bytes: 0 };
  const parts = counters
    ? [
        printRule(conditions, { family, names }),
        `-c ${packets} ${bytes}`,
        printRule(target, { family, names }),
      ]
    : [printRule(rule, { family, names })];
  return `${["-A", chain, ...parts.filter((part) => part !== "")].join(" ")}\n`;
}
