import { putText } from "../codec/struct.js";
import { isRampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Part } from "../model/rule.js";
import type { Context, Extension } from "./extension.js";
import { opaqueAt } from "./opaque.js";
import { decodedPart } from "./part.js";
import { HEADER, NAME_SIZE, REVISION } from "./part-header.js";
import { onWire } from "./registry.js";

type Kind = Extension["kind"];

/** Extension names are found by their bytes, not by making a string of them. */
interface Named {
  readonly name: Uint8Array;
  readonly faces: readonly Extension[];
}
function nameHash(b: Uint8Array, at: number): number {
  let h = 0;
  for (let i = at; i < at + NAME_SIZE && b[i] !== 0; i++) h = (Math.imul(h, 33) + b[i]!) | 0;
  return h;
}
const byHash = (names: ReadonlyMap<string, readonly Extension[]>): ReadonlyMap<number, readonly Named[]> => {
  const out = new Map<number, Named[]>();
  for (const [text, faces] of names) {
    const name = new Uint8Array(NAME_SIZE);
    putText(name, 0, NAME_SIZE, text);
    const h = nameHash(name, 0);
    out.set(h, [...(out.get(h) ?? []), { name, faces }]);
  }
  return out;
};
const named = { match: byHash(onWire.match), target: byHash(onWire.target) };
const NOBODY: readonly Extension[] = [];
function facesOf(b: Uint8Array, at: number, kind: Kind): readonly Extension[] {
  for (const { name, faces } of named[kind].get(nameHash(b, at)) ?? [])
    for (let i = 0; b[at + i] === name[i]; i++) if (name[i] === 0) return faces;
  return NOBODY;
}

const LARGEST = 4096;
const again = new Uint8Array(LARGEST),
  againWords = new Int32Array(again.buffer);
/** Whether encoding the options gives the bytes they came from: else something in there is not understood. */
function understood(
  extension: Extension,
  part: Part,
  b: Uint8Array,
  base: number,
  size: number,
  words: Int32Array,
  ctx: Context,
): boolean {
  extension.encode(again, 0, part.options, ctx);
  const from = (b.byteOffset + base) >> 2,
    n = size >> 2;
  let i = 0;
  while (i < n && words[from + i] === againWords[i]) i++;
  return i === n || extension.same(again, 0, b, base, ctx.family);
}

function decodeFresh(
  b: Uint8Array,
  at: number,
  size: number,
  kind: Kind,
  words: Int32Array,
  ctx: Context,
): Part {
  const { family } = ctx;
  for (const extension of facesOf(b, at + 2, kind)) {
    if (extension.revision(family) !== b[at + REVISION] || extension.size(family) !== size - HEADER) continue;
    if (!extension.owns(b, at + HEADER, family)) continue;
    try {
      const part = decodedPart(extension, extension.decode(b, at + HEADER, ctx));
      if (understood(extension, part, b, at + HEADER, size - HEADER, words, ctx)) return part;
    } catch (error) {
      if (!isRampartError(error)) throw error;
    }
  }
  return opaqueAt(b, at, size);
}

/** A part and its bytes. */
interface Seen {
  readonly words: Int32Array;
  readonly kind: Kind;
  readonly part: Part;
}
const equal = (seen: Seen, words: Int32Array, from: number, n: number, kind: Kind): boolean => {
  const own = seen.words;
  if (own.length !== n || seen.kind !== kind) return false;
  for (let i = 0; i < n; i++) if (own[i] !== words[from + i]) return false;
  return true;
};

const SLOTS = 1024,
  PLACES = 16;
/** Parts met twice lately, found by a hash of their words; and the last one met at each place of a rule. */
interface Memory {
  readonly slots: (Seen | undefined)[];
  /** The hash of the part last met in each slot: bytes are kept only from the second meeting on. */
  readonly sighted: Int32Array;
  readonly places: (Seen | undefined)[];
}
const memory = (): Memory => ({
  slots: new Array<Seen | undefined>(SLOTS).fill(undefined),
  sighted: new Int32Array(SLOTS),
  places: new Array<Seen | undefined>(PLACES).fill(undefined),
});
const memories: Readonly<Record<Family, Memory>> = { ipv4: memory(), ipv6: memory() };

function hash(words: Int32Array, from: number, n: number): number {
  let h = n;
  for (let i = 0; i < n; i++) h = Math.imul(h + words[from + i]!, 0x9e3779b1) ^ (h >>> 15);
  return h;
}

/**
 * The part of `size` bytes at `at`, which the caller has found to lie within `b`. A part that repeats is the same frozen
 * object; `place` says where in its rule it stands, since rules repeat their neighbours. `words` are the bytes of `b`'s
 * buffer as 32-bit words, and `at` is aligned in it.
 */
export function decodePart(
  b: Uint8Array,
  at: number,
  size: number,
  kind: Kind,
  place: number,
  words: Int32Array,
  ctx: Context,
): Part {
  const { slots, sighted, places } = memories[ctx.family],
    from = (b.byteOffset + at) >> 2,
    n = size >> 2,
    here = place < PLACES ? places[place] : undefined;
  if (here && equal(here, words, from, n, kind)) return here.part;
  const h = hash(words, from, n),
    slot = (h ^ (h >>> 15)) & (SLOTS - 1),
    met = sighted[slot] === h,
    known = met ? slots[slot] : undefined;
  if (known && equal(known, words, from, n, kind)) {
    if (place < PLACES) places[place] = known;
    return known.part;
  }
  sighted[slot] = h;
  const part = decodeFresh(b, at, size, kind, words, ctx);
  // What depends on the namespace must not be taken for the same in another one.
  if (met && !facesOf(b, at + 2, kind).some((extension) => extension.local)) {
    const seen = { words: words.slice(from, from + n), kind, part };
    slots[slot] = seen;
    if (place < PLACES) places[place] = seen;
  }
  return part;
}
