import { LITTLE, u16At } from "../codec/struct.js";
import { fail } from "../errors.js";
import { type Count, type Counters, ZERO_COUNTERS } from "../model/counters.js";
import { protocolOf } from "../model/protocol.js";
import type { Negatable, Rule } from "../model/rule.js";
import { networkAt } from "./address.js";
import { wide } from "./entry.js";
import { ENTRY, type EntryLayout, FRAGMENT, INVERTED, PROTOCOL_GIVEN, STANDARD } from "./entry-layout.js";
import type { Context } from "./extension.js";
import { INTERFACE_SIZE, interfaceAt } from "./interface.js";
import { decodeMatches, decodePart } from "./part-decode.js";
import { HEADER, sizeOfPart } from "./part-header.js";
import { VERDICT_OF } from "./target-encode.js";

const ALL_INVERTED = Object.values(INVERTED).reduce<number>((all, bit) => all | bit, 0);

type Draft = { -readonly [K in keyof Rule]: Rule[K] };

const signed = <V>(inverted: number, value: V): Negatable<V> =>
  inverted === 0 ? value : Object.freeze({ not: value });

/** The bytes of a buffer as words. Rules come by the thousand from one buffer, which must not be kept alive for long. */
let recent: Int32Array | undefined;
function wordsOf(buffer: ArrayBufferLike): Int32Array {
  if (recent?.buffer === buffer) return recent;
  if (!recent)
    queueMicrotask(() => {
      recent = undefined;
    });
  recent = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  return recent;
}
/** Whether `size` bytes are zero, four at a time: most of an entry is. */
function areZero(words: Int32Array, from: number, size: number): boolean {
  let any = 0;
  for (let i = from >> 2; i < (from + size) >> 2; i++) any |= words[i]!;
  return any === 0;
}

/** Host bits outside of the mask never match, but would if they were cleared, as encoding clears them. */
function checkHost(words: Int32Array, address: number, mask: number, size: number): void {
  for (let i = 0; i < size >> 2; i++)
    if ((words[(address >> 2) + i]! & ~words[(mask >> 2) + i]!) !== 0)
      fail("a rule for an address outside of its own network");
}

const counterAt = (b: Uint8Array, at: number): Count => wide.get(b, at);
function countersAt(b: Uint8Array, at: number, words: Int32Array): Counters {
  if (areZero(words, b.byteOffset + at, 16)) return ZERO_COUNTERS;
  return Object.freeze({ packets: counterAt(b, at), bytes: counterAt(b, at + 8) });
}

function verdictAt(b: Uint8Array, at: number): number {
  const low = u16At(b, at),
    high = u16At(b, at + 2);
  return LITTLE ? low | (high << 16) : (low << 16) | high;
}

function decodeTarget(
  b: Uint8Array,
  at: number,
  size: number,
  isGoto: boolean,
  jump: string | null | undefined,
  words: Int32Array,
  rule: Draft,
  ctx: Context,
): void {
  if (typeof jump === "string") {
    if (isGoto) rule.goto = jump;
    else rule.jump = jump;
  } else if (jump === undefined && b[at + 2] !== 0) rule.jump = decodePart(b, at, size, "target", words, ctx);
  else if (jump === undefined)
    rule.jump =
      (size === STANDARD ? VERDICT_OF.get(verdictAt(b, at + HEADER)) : undefined) ??
      fail("a jump to an unknown place");
}

const NO_INTERFACE = Object.freeze({ not: "+" });
/** Everything but parts and counters. */
function fields(
  b: Uint8Array,
  at: number,
  E: EntryLayout,
  words: Int32Array,
  rule: Draft,
  ctx: Context,
): void {
  const inverted = b[at + E.inverted]!,
    flags = b[at + E.flags]!,
    { family } = ctx,
    from = b.byteOffset + at;
  if ((flags & ~E.known) !== 0 || (inverted & ~ALL_INVERTED) !== 0)
    fail(`a rule with flags 0x${flags.toString(16)}, inverted 0x${inverted.toString(16)}`);
  if (inverted & INVERTED.source || !areZero(words, from + E.sourceMask, E.address)) {
    checkHost(words, from + E.source, from + E.sourceMask, E.address);
    const source = networkAt(b, at + E.source, at + E.sourceMask, family, true);
    rule.source = signed(inverted & INVERTED.source, source);
  }
  if (inverted & INVERTED.destination || !areZero(words, from + E.destinationMask, E.address)) {
    checkHost(words, from + E.destination, from + E.destinationMask, E.address);
    const destination = networkAt(b, at + E.destination, at + E.destinationMask, family, true);
    rule.destination = signed(inverted & INVERTED.destination, destination);
  }
  if (!areZero(words, from + E.inName, 4 * INTERFACE_SIZE)) {
    const inInterface = interfaceAt(b, at + E.inName, at + E.inMask),
      outInterface = interfaceAt(b, at + E.outName, at + E.outMask);
    if (inInterface !== undefined) rule.inInterface = signed(inverted & INVERTED.inInterface, inInterface);
    if (outInterface !== undefined)
      rule.outInterface = signed(inverted & INVERTED.outInterface, outInterface);
  }
  // The negation of any interface is a rule that never matches, not one that always does.
  if (inverted & INVERTED.inInterface) rule.inInterface ??= NO_INTERFACE;
  if (inverted & INVERTED.outInterface) rule.outInterface ??= NO_INTERFACE;
  const protocol = u16At(b, at + E.protocol);
  if (protocol === 0 && inverted & INVERTED.protocol) fail("a rule for no protocol");
  // `-p all` leaves its trace in IPv6 alone.
  if (protocol !== 0 || (family === "ipv6" && flags & PROTOCOL_GIVEN))
    rule.protocol = signed(inverted & INVERTED.protocol, protocolOf(protocol));
  const fragment = family === "ipv4" && (flags & FRAGMENT) !== 0;
  if (!fragment && inverted & INVERTED.fragment) fail("a rule for neither fragments nor whole packets");
  if (fragment) rule.fragment = signed(inverted & INVERTED.fragment, true as const);
}

/**
 * The rule whose entry begins at `start`, 4-aligned in its buffer or not. `jump` is the chain that the image says the
 * rule leads to (the entry's flags tell a goto), null if it has no target at all, undefined if the entry itself says.
 * Extensions that are not understood become opaque parts. Throws "invalid-value" where the bytes are no entry.
 */
export function decodeEntry(
  b: Uint8Array,
  start: number,
  jump: string | null | undefined,
  ctx: Context,
): Rule {
  const E = ENTRY[ctx.family];
  if (start + E.size + HEADER > b.length) fail("a rule that ends before it began");
  const targetOffset = u16At(b, start + E.target),
    nextOffset = u16At(b, start + E.next),
    end = start + nextOffset;
  if (end > b.length || targetOffset < E.size || targetOffset & 7 || targetOffset + HEADER > nextOffset)
    fail("a rule whose parts do not fit into it");
  if ((b.byteOffset + start) & 3) return decodeEntry(b.slice(start, end), 0, jump, ctx);
  const words = wordsOf(b.buffer),
    target = start + targetOffset,
    rule: Draft = {};
  fields(b, start, E, words, rule, ctx);
  if (start + E.size < target) rule.matches = decodeMatches(b, start + E.size, target, words, ctx);
  const isGoto = (b[start + E.flags]! & E.goto) !== 0;
  decodeTarget(b, target, sizeOfPart(b, target, end), isGoto, jump, words, rule, ctx);
  rule.counters = countersAt(b, start + E.counters, words);
  return rule;
}
