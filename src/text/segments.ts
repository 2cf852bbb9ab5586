import { isRampartError } from "../errors.js";
import type { Context, Extension, RuleFacts } from "../extensions/extension.js";
import { matches, targets } from "../extensions/registry.js";
import { factsOf } from "../extensions/rule-facts.js";
import type { Part, Protocol } from "../model/rule.js";
import type { LineScope } from "./command-parser.js";
import { closePart, namesOf, openPart, readOption } from "./open-parts.js";
import { parseContext } from "./parse-context.js";
import { implicitMatch } from "./protocols.js";
import { WordReader } from "./words.js";

/** Where a part comes from: `-m …`, `-j …`, or the options of the protocol's own match, without `-m`. */
export type SegmentKind = "match" | "target" | "implicit";
/** What a segment may depend on: the protocol that stands before it. */
export interface Behind {
  readonly protocol: Protocol | undefined;
  readonly facts: RuleFacts;
}

/** A power of two. Whoever comes a second time takes its slot over: what comes often comes back soon. */
const SLOTS = 1 << 14;

/**
 * The parts that stretches of text stand for. The same words behind the same protocol give the same part, and its bytes
 * and its text are kept with it: that is what makes long files cheap. Only words that mean the same in any line are
 * read here: names in full, no option of another part.
 */
export class Segments {
  readonly #scope: LineScope;
  readonly #ctx: Context;
  readonly #behind = new Map<Protocol | undefined, Behind>();
  /** What came to each slot last, by its hash: most segments of some files come once, and leave nothing else behind. */
  readonly #met = new Int32Array(SLOTS);
  readonly #segments: string[] = new Array<string>(SLOTS).fill("");
  readonly #behinds: (Behind | undefined)[] = new Array<Behind | undefined>(SLOTS).fill(undefined);
  /** Undefined where only the whole line can tell. */
  readonly #parts: (Part | undefined)[] = new Array<Part | undefined>(SLOTS).fill(undefined);
  readonly #words = new WordReader();
  constructor(scope: LineScope) {
    this.#scope = scope;
    this.#ctx = parseContext(scope.family, scope.names, scope.profile);
  }

  /** The facts behind `-p protocol`, or behind none: the same object every time. */
  behind(protocol: Protocol | undefined): Behind {
    let known = this.#behind.get(protocol);
    if (!known) {
      known = { protocol, facts: factsOf(protocol === undefined ? {} : { protocol }) };
      this.#behind.set(protocol, known);
    }
    return known;
  }
  /**
   * The part that a segment, `from` to `to` of `text`, makes all by itself; undefined where only the whole line can tell.
   * `hash` is any number that follows from the segment's characters.
   */
  part(
    text: string,
    from: number,
    to: number,
    hash: number,
    kind: SegmentKind,
    behind: Behind,
  ): Part | undefined {
    const slot = hash & (SLOTS - 1),
      known = this.#segments[slot]!;
    if (this.#behinds[slot] === behind && known.length === to - from && text.startsWith(known, from))
      return this.#parts[slot];
    const part = this.#read(text, from, to, kind, behind);
    if (this.#met[slot] === hash) {
      this.#segments[slot] = text.slice(from, to);
      this.#behinds[slot] = behind;
      this.#parts[slot] = part;
    } else this.#met[slot] = hash;
    return part;
  }

  #read(text: string, from: number, to: number, kind: SegmentKind, behind: Behind): Part | undefined {
    this.#words.begin(text, kind === "implicit" ? from : from + 3, to);
    try {
      return this.#parse(kind, behind);
    } catch (error) {
      // The line is read once more, as a whole: then the error has its place.
      if (isRampartError(error)) return undefined;
      throw error;
    }
  }
  #parse(kind: SegmentKind, { protocol, facts }: Behind): Part | undefined {
    const words = this.#words,
      extension = this.#extension(kind, protocol);
    if (extension?.revision(this.#scope.family) === undefined) return undefined;
    const open = openPart(extension, 0),
      names = namesOf(extension);
    for (let word = words.next(); word !== undefined; word = words.next()) {
      const not = word === "!",
        name = not ? words.next() : word;
      if (name === undefined || !names.has(name)) return undefined;
      readOption(open, name, not, words.take, this.#ctx, words.ahead);
    }
    extension.check(open.options, this.#ctx, facts);
    return closePart(open);
  }
  #extension(kind: SegmentKind, protocol: Protocol | undefined): Extension | undefined {
    if (kind === "implicit") {
      const name = protocol === undefined ? undefined : implicitMatch(protocol, this.#scope.family);
      return name === undefined ? undefined : matches.get(name);
    }
    const name = this.#words.next() ?? "";
    return (kind === "match" ? matches : targets).get(name);
  }
}
