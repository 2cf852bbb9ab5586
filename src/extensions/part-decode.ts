import { putText, u16At } from "../codec/struct.js";
import { isRampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Part } from "../model/rule.js";
import { type ByteMemory, byteMemory, hashWords, joinHashes, keep, recall, sighted } from "./byte-memory.js";
import type { Context, Extension } from "./extension.js";
import { opaqueAt } from "./opaque.js";
import { decodedPart } from "./part.js";
import { HEADER, NAME_SIZE, REVISION, sizeOfPart } from "./part-header.js";
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

/** More than any struct has: cgroup of revision 1 with its path is the largest. */
const LARGEST = 8192;
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

/** What depends on the namespace must not be taken for the same in another one, nor be opaque there if it is so here. */
const isLocal = (b: Uint8Array, at: number, kind: Kind): boolean =>
  facesOf(b, at + 2, kind).some((extension) => extension.local);
function anyLocal(b: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += u16At(b, at)) if (isLocal(b, at, "match")) return true;
  return false;
}

/** Parts by their bytes, and lists of all the matches of a rule. */
interface Memories extends Readonly<Record<Kind, ByteMemory<Part>>> {
  readonly all: ByteMemory<readonly Part[]>;
}
const memoriesOfOne = (): Memories => ({ match: byteMemory(), target: byteMemory(), all: byteMemory() });
const memories: Readonly<Record<Family, Memories>> = { ipv4: memoriesOfOne(), ipv6: memoriesOfOne() };

function partOf(
  b: Uint8Array,
  at: number,
  size: number,
  kind: Kind,
  words: Int32Array,
  hash: number,
  ctx: Context,
): Part {
  const parts = memories[ctx.family][kind],
    from = (b.byteOffset + at) >> 2,
    n = size >> 2,
    known = recall(parts, hash, words, from, n);
  if (known) return known;
  const part = decodeFresh(b, at, size, kind, words, ctx);
  if (sighted(parts, hash, n) && !isLocal(b, at, kind)) keep(parts, hash, words, from, n, part);
  return part;
}
/**
 * The part of `size` bytes at `at`, which the caller has found to lie within `b`. A part that repeats is the same frozen
 * object. `words` are the bytes of `b`'s buffer as 32-bit words, and `at` is aligned in it.
 */
export const decodePart = (
  b: Uint8Array,
  at: number,
  size: number,
  kind: Kind,
  words: Int32Array,
  ctx: Context,
): Part => partOf(b, at, size, kind, words, hashWords(words, (b.byteOffset + at) >> 2, size >> 2), ctx);

/** Of the parts that are being decoded. */
const hashes: number[] = [];
/** The matches between two places. Where all of them repeat together, so does their frozen list. */
export function decodeMatches(
  b: Uint8Array,
  start: number,
  end: number,
  words: Int32Array,
  ctx: Context,
): readonly Part[] {
  const { all } = memories[ctx.family],
    from = (b.byteOffset + start) >> 2,
    n = (end - start) >> 2;
  let count = 0,
    hash = 0;
  for (let at = start; at < end; count++) {
    const size = sizeOfPart(b, at, end);
    hashes[count] = hashWords(words, (b.byteOffset + at) >> 2, size >> 2);
    hash = joinHashes(hash, hashes[count]!);
    at += size;
  }
  const known = recall(all, hash, words, from, n);
  if (known) return known;
  // Of its length at once: what grows by pushing keeps room for seventeen.
  const matches = new Array<Part>(count);
  for (let at = start, i = 0; i < count; i++) {
    const size = u16At(b, at);
    matches[i] = partOf(b, at, size, "match", words, hashes[i]!, ctx);
    at += size;
  }
  Object.freeze(matches);
  if (sighted(all, hash, n) && !anyLocal(b, start, end)) keep(all, hash, words, from, n, matches);
  return matches;
}
