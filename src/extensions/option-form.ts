import { LITTLE, type Slot, type Slots } from "../codec/struct.js";
import type { Family } from "../model/family.js";
import type { Negatable, Options } from "../model/rule.js";
import type { Context } from "./extension.js";

/** A struct that has fields `F` of type `V`. */
export type Has<F extends string, V = number> = Record<F, V>;

/**
 * Stores the plain word `text[from, to)`, which has no control characters, over a plain value that is there already, as
 * parsing and storing it would; false, with the fields in any state, for any other word. Long rules files are little
 * else, and this makes no value of it. Not for an option on whose plain values anything else of its extension depends.
 */
export type Rewrite = (bytes: Uint8Array, base: number, text: string, from: number, to: number) => boolean;
export interface Access<V> {
  store(bytes: Uint8Array, base: number, value: V, ctx: Context): void;
  load(bytes: Uint8Array, base: number, ctx: Context): V;
  readonly rewrite?: Rewrite;
}
/** What a value looks like: as words on a command line, and as the struct fields it fills. */
export interface Kind<Info, V> {
  /** How many words follow the option: one unless said. */
  readonly words?: number;
  readonly parse: (words: readonly string[], ctx: Context) => V;
  readonly print: (value: V, ctx: Context) => string;
  /** Words at the edges of what can be said, and just beyond: bounds, each word of a list. Fuzzing begins there. */
  readonly edges?: readonly string[];
  /** The words that `parse` takes, where they are not what `print` says, split at blanks. */
  readonly wordsOf?: (value: V) => readonly string[];
  /** Called once, when the extension is declared: from here on every field is an offset. */
  readonly bind: (slots: Slots<Info>) => Access<V>;
}

/** `(bytes[at] & mask) === is`, told to the engine as data so that an absent option costs no call. */
export interface Guard {
  readonly at: number;
  readonly mask: number;
  readonly is: number;
}
/** None where the mask spans several bytes. */
export function guard(slot: Slot<number>, mask: number, is: number): { guard?: Guard } {
  const bytes = Math.min(slot.size, 4),
    own = (mask & (0xffff_ffff >>> (32 - 8 * bytes))) >>> 0;
  for (let n = 0; n < bytes; n++) {
    const part = (own >>> (8 * n)) & 255;
    if (part === 0 || (part << (8 * n)) >>> 0 !== own) continue;
    const at = slot.at + (LITTLE ? n : slot.size - 1 - n);
    return { guard: { at, mask: part, is: (is >>> (8 * n)) & 255 } };
  }
  return {};
}

/** An option whose fields have their places. */
export interface Bound<V> {
  /** Cheap test: when it fails the option is absent and `get` is not called. */
  readonly guard?: Guard;
  /** What the struct holds when the option is absent; becomes part of the extension's template. */
  init?(bytes: Uint8Array, base: number, ctx: Context): void;
  set(bytes: Uint8Array, base: number, value: Negatable<V>, ctx: Context): void;
  /** `sofar` holds the options declared before. */
  get(bytes: Uint8Array, base: number, ctx: Context, sofar: Options): Negatable<V> | undefined;
  readonly rewrite?: Rewrite;
  /** What depends on the other options is stored after them. */
  late?(
    bytes: Uint8Array,
    base: number,
    value: Negatable<V> | undefined,
    options: Options,
    ctx: Context,
  ): void;
}
/** A kind plus how the struct says "this option was given" and "it was negated". */
export interface Option<Info, V, N extends boolean> extends Omit<Kind<Info, V>, "bind" | "words"> {
  readonly negatable: N;
  readonly words: number;
  readonly bind: (slots: Slots<Info>) => Bound<V>;
  /** The one family that has the option. */
  readonly only?: Family;
  /** Whether iptables-save says anything about the option, given all of them; unless told, it does. */
  readonly printed?: (options: Options, ctx: Context) => boolean;
  /** What iptables-save says where the option is not given, if it says something all the same. */
  readonly unsaid?: (ctx: Context) => string;
  /** Whether the value is what the struct holds anyway, so that a part is the same without it. */
  readonly implied?: (value: Negatable<V>) => boolean;
  /** The value that the struct holds, and shows, where none is given. */
  readonly standing?: V;
  /** Its one word may be missing, and is where the next word begins with a dash or `!`. */
  readonly optional?: boolean;
  /** The one form of a value that no words of its own stand for. */
  readonly canonical?: (value: unknown) => V;
  /** `!` on the command line becomes another plain value. */
  readonly fold?: (value: V) => V;
}
// biome-ignore lint/suspicious/noExplicitAny: an option of any struct and any value; `match` and `target` check both
export type AnyOption = Option<any, any, boolean>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyKind = Kind<any, any>;

/** The half of a kind that is about words. */
export const surface = <Info, V>(
  kind: Kind<Info, V>,
): Pick<Option<Info, V, boolean>, "words" | "parse" | "print" | "wordsOf" | "edges"> => ({
  words: kind.words ?? 1,
  parse: kind.parse,
  print: kind.print,
  ...(kind.wordsOf && { wordsOf: kind.wordsOf }),
  ...(kind.edges && { edges: kind.edges }),
});

/** An option without words: it is there, or it is not. */
export const nothing: Kind<unknown, true> = {
  words: 0,
  parse: () => true,
  print: () => "",
  bind: () => ({ store() {}, load: () => true }),
};
