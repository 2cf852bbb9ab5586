import { isRampartError } from "../errors.js";
import type { Rule } from "../model/rule.js";
import { type PrintRuleOptions, printRule } from "./print-rule.js";

/** Undefined for a rule that has no text: one that is opaque, or wrong. */
export function textOf(rule: Rule, options: PrintRuleOptions): string | undefined {
  try {
    return printRule(rule, options);
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}
