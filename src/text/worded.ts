import { type ErrorCode, isRampartError, RampartError, type Spot } from "../errors.js";
import type { Names } from "../model/names.js";
import type { Table } from "../model/table.js";
import { textOf } from "./text-of.js";

/** Refusals that are better explained by whoever has the rules; what is no refusal is met again. */
export const ABOUT_RULES: readonly ErrorCode[] = [
  "syntax",
  "invalid-value",
  "invalid-rule",
  "chain-exists",
  "kernel",
  "no-such-object",
];

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

function withRule(error: RampartError, rule: string): RampartError {
  const options = { cause: error };
  if (isRampartError(error, "kernel")) return new RampartError("kernel", { ...error.context, rule }, options);
  if (isRampartError(error, "invalid-rule"))
    return new RampartError("invalid-rule", { ...error.context, rule }, options);
  if (isRampartError(error, "no-such-set"))
    return new RampartError("no-such-set", { ...error.context, rule }, options);
  if (isRampartError(error, "no-such-object"))
    return new RampartError("no-such-object", { ...error.context, rule }, options);
  return error;
}
