import { isRampartError } from "../errors.js";
import type { Context, Extension, RuleFacts } from "../extensions/extension.js";
import { matches, targets } from "../extensions/registry.js";
import { factsOf } from "../extensions/rule-facts.js";
import type { Part, Protocol } from "../model/rule.js";
import type { LineScope } from "./command-parser.js";
import { closePart, namesOf, openPart, readOption } from "./open-parts.js";
import { implicitMatch } from "./protocols.js";
import { WordReader } from "./words.js";

/** Where a part comes from: `-m …`, `-j …`, or the options of the protocol's own match, without `-m`. */
export type SegmentKind = "match" | "target" | "implicit";
/** What a segment may depend on: the protocol that stands before it. */
export interface Behind {
  readonly protocol: Protocol | undefined;
  readonly facts: RuleFacts;
}
interface Known {
  readonly segment: string;
  readonly behind: Behind;
  /** Undefined where only the whole line can tell. */
  readonly part: Part | undefined;
}

/** A power of two. Whoever comes to a slot that is taken takes it over: what comes often comes back soon. */
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
  readonly #known: (Known | undefined)[] = new Array<Known | undefined>(SLOTS).fill(undefined);
  readonly #words = new WordReader();
  constructor(scope: LineScope) {
    this.#scope = scope;
    this.#ctx = {
      family: scope.family,
      names: scope.names,
      setIndex: () => 0,
      setName: (index) => `#${index}`,
    };
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
      known = this.#known[slot];
    if (
      known?.behind === behind &&
      known.segment.length === to - from &&
      text.startsWith(known.segment, from)
    )
      return known.part;
    const segment = text.slice(from, to),
      part = this.#read(segment, kind, behind);
    this.#known[slot] = { segment, behind, part };
    return part;
  }

  #read(segment: string, kind: SegmentKind, behind: Behind): Part | undefined {
    try {
      return this.#parse(segment, kind, behind);
    } catch (error) {
      // The line is read once more, as a whole: then the error has its place.
      if (isRampartError(error)) return undefined;
      throw error;
    }
  }
  #parse(segment: string, kind: SegmentKind, { protocol, facts }: Behind): Part | undefined {
    const words = this.#words;
    words.begin(segment, kind === "implicit" ? 0 : 3);
    const extension = this.#extension(kind, protocol);
    if (extension?.revision(this.#scope.family) === undefined) return undefined;
    const open = openPart(extension, 0),
      names = namesOf(extension);
    for (let word = words.next(); word !== undefined; word = words.next()) {
      const not = word === "!",
        name = not ? words.next() : word;
      if (name === undefined || !names.has(name)) return undefined;
      readOption(open, name, not, words.take, this.#ctx);
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
