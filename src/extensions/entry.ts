import { u16, u64 } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { protocolNumber } from "../model/protocol.js";
import { isNot, isOpaque, type Part, type Protocol, type Rule } from "../model/rule.js";
import { putPlainNetwork, storeNetwork } from "./address.js";
import { ENTRY, type EntryLayout, FRAGMENT, INVERTED, PROTOCOL_GIVEN } from "./entry-layout.js";
import type { Context, Extension, RuleFacts } from "./extension.js";
import { putInterface } from "./interface.js";
import { adoptPart } from "./lookup.js";
import { extensionIn } from "./part.js";
import { factsOf } from "./rule-facts.js";

export { ENTRY_SIZE } from "./entry-layout.js";
export { encodePart } from "./part-encode.js";
export { encodeTarget } from "./target-encode.js";

const short = u16.slot(0);
export const wide = u64.slot(0);

function putNetwork(
  b: Uint8Array,
  at: number,
  mask: number,
  family: Family,
  size: EntryLayout["address"],
  text: string,
): void {
  if (typeof text === "string" && putPlainNetwork(b, at, mask, size, text, 0, text.length)) return;
  storeNetwork(b, at, mask, family, text);
  // A host bit outside of the mask would never match.
  for (let i = 0; i < size; i++) b[at + i]! &= b[mask + i]!;
}
function putProtocol(b: Uint8Array, at: number, protocol: Protocol, not: boolean): void {
  const number = protocolNumber(protocol);
  if (!(number >= 0 && number <= 0xffff && Number.isInteger(number)))
    fail(`protocol ${JSON.stringify(protocol)} is neither a known name nor a number`);
  if (not && number === 0) fail("rule would never match protocol");
  short.set(b, at, number);
}

function checkPart(
  part: Part,
  kind: Extension["kind"],
  rule: Rule,
  facts: RuleFacts | undefined,
  ctx: Context,
): RuleFacts | undefined {
  if (isOpaque(part)) return facts;
  const known = extensionIn(part) ? part : adoptPart(part, kind, ctx),
    { checkRule } = extensionIn(known)!;
  if (!checkRule) return facts;
  const some = facts ?? factsOf(rule);
  checkRule(known.options, some, ctx);
  return some;
}
/** What the parts demand of the rule around them. */
function checkParts(rule: Rule, ctx: Context): void {
  let facts: RuleFacts | undefined;
  if (rule.matches)
    for (let i = 0; i < rule.matches.length; i++)
      facts = checkPart(rule.matches[i]!, "match", rule, facts, ctx);
  if (typeof rule.jump === "object") checkPart(rule.jump, "target", rule, facts, ctx);
}

/**
 * Writes the fixed part of a rule, `ENTRY_SIZE[family]` bytes at `at`, and refuses a rule that iptables would refuse.
 * Both offsets count from `at`: where the target begins, and where the next entry does. Returns where the part ends.
 * Throws "invalid-value".
 */
export function encodeEntry(
  b: Uint8Array,
  at: number,
  rule: Rule,
  targetOffset: number,
  nextOffset: number,
  ctx: Context,
): number {
  const { family } = ctx,
    E = ENTRY[family],
    { source, destination, inInterface, outInterface, protocol, fragment, counters } = rule;
  checkParts(rule, ctx);
  if (nextOffset > 0xffff)
    fail(`a rule of ${nextOffset} bytes is more than the 64 KiB that the kernel takes`);
  b.fill(0, at, at + E.size);
  let inverted = 0,
    flags = 0;
  if (source !== undefined) {
    const not = isNot(source);
    if (not) inverted |= INVERTED.source;
    putNetwork(b, at + E.source, at + E.sourceMask, family, E.address, not ? source.not : source);
  }
  if (destination !== undefined) {
    const not = isNot(destination);
    if (not) inverted |= INVERTED.destination;
    putNetwork(
      b,
      at + E.destination,
      at + E.destinationMask,
      family,
      E.address,
      not ? destination.not : destination,
    );
  }
  if (inInterface !== undefined) {
    const not = isNot(inInterface);
    if (not) inverted |= INVERTED.inInterface;
    putInterface(b, at + E.inName, at + E.inMask, not ? inInterface.not : inInterface);
  }
  if (outInterface !== undefined) {
    const not = isNot(outInterface);
    if (not) inverted |= INVERTED.outInterface;
    putInterface(b, at + E.outName, at + E.outMask, not ? outInterface.not : outInterface);
  }
  if (protocol !== undefined) {
    const not = isNot(protocol);
    if (not) inverted |= INVERTED.protocol;
    if (family === "ipv6") flags |= PROTOCOL_GIVEN;
    putProtocol(b, at + E.protocol, not ? protocol.not : protocol, not);
  }
  if (fragment !== undefined) {
    if (family !== "ipv4") fail("fragment exists in IPv4 only");
    flags |= FRAGMENT;
    if (isNot(fragment)) inverted |= INVERTED.fragment;
  }
  if (rule.goto !== undefined) flags |= E.goto;
  b[at + E.flags] = flags;
  b[at + E.inverted] = inverted;
  short.set(b, at + E.target, targetOffset);
  short.set(b, at + E.next, nextOffset);
  if (counters !== undefined) {
    wide.set(b, at + E.counters, counters.packets);
    wide.set(b, at + E.counters + 8, counters.bytes);
  }
  return at + E.size;
}
