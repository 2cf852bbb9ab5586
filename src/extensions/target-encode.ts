import { byteLength, LITTLE } from "../codec/struct.js";
import { fail } from "../errors.js";
import { isVerdict, type Rule, type Verdict } from "../model/rule.js";
import { STANDARD } from "./entry-layout.js";
import type { Context } from "./extension.js";
import { encodePart } from "./part-encode.js";
import { HEADER, NAME_SIZE, putHeader } from "./part-header.js";

/** As the kernel stores verdicts: -NF_x - 1. */
const VERDICT: Readonly<Record<Verdict, number>> = { ACCEPT: -2, DROP: -1, QUEUE: -4, RETURN: -5 };
/** Numbers in the standard target, back to words. */
export const VERDICT_OF: ReadonlyMap<number, Verdict> = new Map(
  (Object.keys(VERDICT) as Verdict[]).map((name) => [VERDICT[name], name]),
);

function standard(name: string, verdict: number): Uint8Array {
  const bytes = new Uint8Array(STANDARD);
  putHeader(bytes, 0, STANDARD, name);
  new DataView(bytes.buffer).setInt32(HEADER, verdict, LITTLE);
  return bytes;
}
const NO_TARGET = standard("", 0);
const verdicts = {
  ACCEPT: standard("", VERDICT.ACCEPT),
  DROP: standard("", VERDICT.DROP),
  QUEUE: standard("", VERDICT.QUEUE),
  RETURN: standard("", VERDICT.RETURN),
} as const;

/** Chains jumped to lately. */
const chains = new Map<string, Uint8Array>(),
  MAX_CHAINS = 4096;
function toChain(name: string): Uint8Array {
  const known = chains.get(name);
  if (known) return known;
  if (name === "" || byteLength(name) >= NAME_SIZE)
    fail(`"${name}" cannot be a chain: a name has 1 to ${NAME_SIZE - 1} bytes`);
  const bytes = standard(name, 0);
  if (chains.size >= MAX_CHAINS) chains.clear();
  chains.set(name, bytes);
  return bytes;
}

/**
 * The target of a rule as the kernel takes it, except for a user chain: there the name stands where a target's name
 * would, for libiptc to resolve. The same jump gives the same array, as in `encodePart`. Throws "invalid-value".
 */
export function encodeTarget({ jump, goto }: Rule, ctx: Context): Uint8Array {
  if (goto !== undefined) {
    if (jump !== undefined) fail("a rule has a jump or a goto, not both");
    return isVerdict(goto) ? fail(`goto "${goto}" is not a chain`) : toChain(goto);
  }
  if (jump === undefined) return NO_TARGET;
  if (typeof jump === "object") return encodePart(jump, "target", ctx);
  return verdicts[jump as Verdict] ?? toChain(jump);
}
