import type { Rule } from "../model/rule.js";
import { ENTRY_SIZE, encodeEntry, encodePart, encodeTarget } from "./entry.js";
import type { Context } from "./extension.js";

/** A rule's bytes, but for where a jump to a user chain leads: there the name stands, as in `encodeTarget`. */
export interface WholeEntry {
  readonly bytes: Uint8Array;
  /** Where its matches begin, and last its target. */
  readonly parts: readonly number[];
}

/** The rule as `ipt_entry` or `ip6t_entry`, in memory of its own. Throws "invalid-value". */
export function wholeEntry(rule: Rule, ctx: Context): WholeEntry {
  const pieces: Uint8Array[] = [],
    { matches = [] } = rule;
  let target = ENTRY_SIZE[ctx.family];
  for (let i = 0; i < matches.length; i++)
    target += (pieces[i] = encodePart(matches[i]!, "match", ctx)).length;
  const last = encodeTarget(rule, ctx),
    bytes = new Uint8Array(target + last.length),
    parts: number[] = [];
  pieces.push(last);
  let at = encodeEntry(bytes, 0, rule, target, bytes.length, ctx);
  for (let i = 0; i < pieces.length; at += pieces[i++]!.length) {
    bytes.set(pieces[i]!, at);
    parts.push(at);
  }
  return { bytes, parts };
}
