import { sameEntry } from "../../extensions/entry-compare.js";
import type { Context } from "../../extensions/extension.js";
import { ruleBytes } from "../../extensions/rule-bytes.js";
import type { Rule } from "../../model/rule.js";

export interface Finder {
  /** The user chain that the rule jumps to. */
  readonly chain: string | undefined;
  /** Whether the entry that starts there is the same rule: counters and the kernel's own fields aside. */
  at(start: number): boolean;
}
/** Encodes the rule once, then compares bytes. */
export function ruleFinder(rule: Rule, context: Context, image: Uint8Array): Finder {
  const { chain, bytes } = ruleBytes(rule, context);
  return { chain, at: (start) => sameEntry(image, start, bytes, context.family) };
}
