import { isRampartError, RampartError, type Spot } from "../errors.js";
import type { Names } from "../model/names.js";
import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { type PrintRuleOptions, printRule } from "./print-rule.js";

/** An error about a rule of these tables, with the rule as text: backends know numbers, not words. */
export function worded(error: unknown, tables: readonly Table[], names: Names): unknown {
  if (!isRampartError(error)) return error;
  const { table: name, chain, ruleNumber } = error.context as Spot;
  const table = tables.find((t) => t.name === name);
  if (chain === undefined || ruleNumber === undefined || !table?.has(chain)) return error;
  const rule = table.rules(chain).at(ruleNumber - 1),
    text = rule && textOf(rule, { family: table.family, names });
  return text === undefined ? error : withRule(error, `-A ${chain} ${text}`);
}

/** Undefined for a rule that has no text: one that is opaque, or wrong. */
function textOf(rule: Rule, options: PrintRuleOptions): string | undefined {
  try {
    return printRule(rule, options);
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}
function withRule(error: RampartError, rule: string): RampartError {
  const options = { cause: error };
  if (isRampartError(error, "kernel")) return new RampartError("kernel", { ...error.context, rule }, options);
  if (isRampartError(error, "invalid-rule"))
    return new RampartError("invalid-rule", { ...error.context, rule }, options);
  if (isRampartError(error, "no-such-set"))
    return new RampartError("no-such-set", { ...error.context, rule }, options);
  return error;
}
