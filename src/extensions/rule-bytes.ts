import type { Family } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { chainBehind } from "../model/rule-list.js";
import { sameEntry } from "./entry-compare.js";
import type { Context } from "./extension.js";
import { wholeEntry } from "./whole-entry.js";

/** A rule by itself, as an image holds it: its entry, and beside it the user chain that it jumps to. */
export interface RuleBytes {
  readonly chain: string | undefined;
  /** One entry; a jump has no verdict and no name in it. */
  readonly bytes: Uint8Array;
}
/** Throws "invalid-value" for a rule that no kernel could hold. */
export function ruleBytes(rule: Rule, context: Context): RuleBytes {
  const { bytes, parts } = wholeEntry(rule, context);
  const chain = chainBehind(rule);
  if (chain !== undefined) bytes.fill(0, parts.at(-1)! + 2);
  return { chain, bytes };
}

/** Whether two rules are the same to the kernel, counters aside: an option that is left out is its default. */
export const sameBytes = (a: RuleBytes, b: RuleBytes, family: Family): boolean =>
  a.chain === b.chain && a.bytes.length === b.bytes.length && sameEntry(a.bytes, 0, b.bytes, family);
