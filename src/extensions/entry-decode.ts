import { LITTLE, textAt } from "../codec/struct.js";
import { fail } from "../errors.js";
import { type Count, type Counters, ZERO_COUNTERS } from "../model/counters.js";
import { protocolOf } from "../model/protocol.js";
import type { Negatable, Part, Rule } from "../model/rule.js";
import { networkAt } from "./address.js";
import { wide } from "./entry.js";
import {
  ENTRY,
  type EntryLayout,
  FRAGMENT,
  INTERFACE_SIZE,
  INVERTED,
  PROTOCOL_GIVEN,
  STANDARD,
} from "./entry-layout.js";
import type { Context } from "./extension.js";
import { decodePart } from "./part-decode.js";
import { HEADER } from "./part-header.js";
import { VERDICT_OF } from "./target-encode.js";

type Draft = { -readonly [K in keyof Rule]: Rule[K] };

/** Two bytes, without a closure: the walk over the parts is hot. */
const two = LITTLE
  ? (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8)
  : (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;
const isZero = (b: Uint8Array, at: number, n: number): boolean => {
  for (let i = 0; i < n; i++) if (b[at + i] !== 0) return false;
  return true;
};
const signed = <V>(inverted: number, value: V): Negatable<V> =>
  inverted === 0 ? value : Object.freeze({ not: value });

/** The bytes of a buffer as words. Rules come by the thousand from one buffer, which must not be kept alive for it. */
let recent: WeakRef<Int32Array> | undefined;
function wordsOf(buffer: ArrayBufferLike): Int32Array {
  const known = recent?.deref();
  if (known?.buffer === buffer) return known;
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  recent = new WeakRef(words);
  return words;
}

/** An interface as `-i` takes it: the mask tells how much of the name counts, and "all of it" includes its NUL. */
function interfaceAt(b: Uint8Array, name: number, mask: number): string | undefined {
  let n = 0;
  while (n < INTERFACE_SIZE && b[mask + n] === 255 && b[name + n] !== 0) n++;
  const whole = n < INTERFACE_SIZE && b[mask + n] === 255;
  if (!isZero(b, mask + n + (whole ? 1 : 0), INTERFACE_SIZE - n - (whole ? 1 : 0)))
    fail("an interface under a mask that no name has");
  if (n === 0 && b[name] === 0) return whole ? fail("an interface without a name") : undefined;
  const text = textAt(b, name, name + n);
  return whole ? text : `${text}+`;
}

const counterAt = (b: Uint8Array, at: number): Count => wide.get(b, at);
function countersAt(b: Uint8Array, at: number): Counters {
  if (isZero(b, at, 16)) return ZERO_COUNTERS;
  return Object.freeze({ packets: counterAt(b, at), bytes: counterAt(b, at + 8) });
}

function verdictAt(b: Uint8Array, at: number): number {
  const low = two(b, at),
    high = two(b, at + 2);
  return LITTLE ? low | (high << 16) : (low << 16) | high;
}

/** The size of the part at `at`, which must end at `end` or before. */
function sizeOfPart(b: Uint8Array, at: number, end: number): number {
  const size = end - at >= HEADER ? two(b, at) : 0;
  return size >= HEADER && size <= end - at && (size & 7) === 0
    ? size
    : fail("a rule whose parts do not fit into it");
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
  } else if (jump === undefined && b[at + 2] !== 0)
    rule.jump = decodePart(b, at, size, "target", 0, words, ctx);
  else if (jump === undefined)
    rule.jump =
      (size === STANDARD ? VERDICT_OF.get(verdictAt(b, at + HEADER)) : undefined) ??
      fail("a jump to an unknown place");
}

function fields(b: Uint8Array, at: number, E: EntryLayout, rule: Draft, ctx: Context): void {
  const inverted = b[at + E.inverted]!,
    flags = b[at + E.flags]!,
    { family } = ctx,
    mapped = INVERTED;
  if ((flags & ~E.known) !== 0) fail(`a rule with flags 0x${flags.toString(16)}`);
  if (inverted & mapped.source || !isZero(b, at + E.sourceMask, E.address))
    rule.source = signed(
      inverted & mapped.source,
      networkAt(b, at + E.source, at + E.sourceMask, family, true),
    );
  if (inverted & mapped.destination || !isZero(b, at + E.destinationMask, E.address))
    rule.destination = signed(
      inverted & mapped.destination,
      networkAt(b, at + E.destination, at + E.destinationMask, family, true),
    );
  const inInterface = interfaceAt(b, at + E.inName, at + E.inMask),
    outInterface = interfaceAt(b, at + E.outName, at + E.outMask);
  if (inInterface !== undefined) rule.inInterface = signed(inverted & mapped.inInterface, inInterface);
  if (outInterface !== undefined) rule.outInterface = signed(inverted & mapped.outInterface, outInterface);
  const protocol = two(b, at + E.protocol);
  // `-p all` leaves its trace in IPv6 alone.
  if (protocol !== 0 || (family === "ipv6" && flags & PROTOCOL_GIVEN))
    rule.protocol = signed(inverted & mapped.protocol, protocolOf(protocol));
  if (family === "ipv4" && flags & FRAGMENT)
    rule.fragment = signed(inverted & mapped.fragment, true as const);
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
  const targetOffset = two(b, start + E.target),
    nextOffset = two(b, start + E.next),
    end = start + nextOffset;
  if (end > b.length || targetOffset < E.size || targetOffset & 7 || targetOffset + HEADER > nextOffset)
    fail("a rule whose parts do not fit into it");
  if ((b.byteOffset + start) & 3) return decodeEntry(b.slice(start, end), 0, jump, ctx);
  const words = wordsOf(b.buffer),
    target = start + targetOffset,
    rule: Draft = {};
  fields(b, start, E, rule, ctx);
  let at = start + E.size;
  if (at < target) {
    const matches: Part[] = [];
    while (at < target) {
      const size = sizeOfPart(b, at, target);
      matches.push(decodePart(b, at, size, "match", matches.length + 1, words, ctx));
      at += size;
    }
    rule.matches = Object.freeze(matches);
  }
  const isGoto = (b[start + E.flags]! & E.goto) !== 0;
  decodeTarget(b, target, sizeOfPart(b, target, end), isGoto, jump, words, rule, ctx);
  rule.counters = countersAt(b, start + E.counters);
  return rule;
}
