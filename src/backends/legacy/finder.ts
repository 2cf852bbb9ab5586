import { ENTRY_SIZE, encodeEntry, encodePart, encodeTarget } from "../../extensions/entry.js";
import { sameEntry } from "../../extensions/entry-compare.js";
import type { Context } from "../../extensions/extension.js";
import { isVerdict, type Rule } from "../../model/rule.js";
import { targetChain } from "../../model/rule-list.js";

export interface Finder {
  /** The user chain that the rule jumps to. */
  readonly chain: string | undefined;
  /** Whether the entry that starts there is the same rule: counters and the kernel's own fields aside. */
  at(start: number): boolean;
}
/** Encodes the rule once, then compares bytes. */
export function ruleFinder(rule: Rule, context: Context, image: Uint8Array): Finder {
  const parts = (rule.matches ?? []).map((part) => encodePart(part, "match", context));
  const target = encodeTarget(rule, context),
    size = ENTRY_SIZE[context.family];
  const targetOffset = parts.reduce((n, part) => n + part.length, size),
    next = targetOffset + target.length;
  const bytes = new Uint8Array(next);
  encodeEntry(bytes, 0, rule, targetOffset, next, context);
  let at = size;
  for (const part of [...parts, target]) {
    bytes.set(part, at);
    at += part.length;
  }
  const chain = targetChain(rule),
    user = chain !== undefined && !isVerdict(chain);
  // The image leaves a jump's verdict zero and its name empty: the chain is compared by its name instead.
  if (user) bytes.fill(0, targetOffset + 2);
  return { chain: user ? chain : undefined, at: (start) => sameEntry(image, start, bytes, context.family) };
}
