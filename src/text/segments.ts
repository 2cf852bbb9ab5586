import type { Part, Rule } from "../model/rule.js";
import type { LineScope } from "./command-parser.js";
import type { Line } from "./place.js";
import { parseRuleWords } from "./rule-parser.js";
import { wordsOf } from "./words.js";

/** Where a part comes from: `-m …`, `-j …`, or the options of the protocol's own match, without `-m`. */
export type SegmentKind = "match" | "target" | "implicit";

/** So many different ones are kept; a file of unique comments must not fill the memory. */
const MOST = 20_000;

/**
 * The parts that stretches of text stand for. The same words behind the same protocol give the same part, and its bytes
 * and its text are kept with it: that is what makes long files cheap.
 */
export class Segments {
  readonly #scope: LineScope;
  readonly #byProtocol = new Map<string, Map<string, Part | undefined>>();
  #kept = 0;
  constructor(scope: LineScope) {
    this.#scope = scope;
  }

  /** The segments behind `-p protocol`; behind no `-p` for "". */
  behind(protocol: string): Map<string, Part | undefined> {
    let map = this.#byProtocol.get(protocol);
    if (!map) this.#byProtocol.set(protocol, (map = new Map()));
    return map;
  }
  /** The part that a segment makes all by itself; undefined where only the whole line can tell. */
  part(
    segment: string,
    kind: SegmentKind,
    protocol: string,
    known: Map<string, Part | undefined>,
  ): Part | undefined {
    const part = known.get(segment);
    if (part !== undefined || known.has(segment)) return part;
    if (++this.#kept > MOST) this.#forget();
    const made = this.#parse(segment, kind, protocol);
    known.set(segment, made);
    return made;
  }
  #forget(): void {
    for (const map of this.#byProtocol.values()) map.clear();
    this.#kept = 0;
  }
  #parse(segment: string, kind: SegmentKind, protocol: string): Part | undefined {
    const { family, names, table, chains } = this.#scope,
      line: Line = { number: 1, text: segment },
      words = protocol === "" ? [] : ["-p", protocol];
    try {
      for (const word of wordsOf(line)) words.push(word.text);
      const {
        rules: [rule],
        literal,
      } = parseRuleWords(words, {
        family,
        names,
        table,
        hasChain: (name) => chains.has(name),
        refuse: notAlone,
      });
      return rule && (literal || kind === "implicit") ? onlyPart(rule, kind) : undefined;
    } catch {
      // The line is read once more, as a whole: then the error has its place.
      return undefined;
    }
  }
}

function notAlone(problem: string): never {
  throw new Error(problem);
}

/** The one part of a rule that has nothing else but its protocol. */
function onlyPart({ protocol, matches, jump, ...rest }: Rule, kind: SegmentKind): Part | undefined {
  if (Object.keys(rest).length > 0) return undefined;
  if (kind === "target") return matches === undefined && typeof jump === "object" ? jump : undefined;
  return jump === undefined && matches?.length === 1 ? matches[0] : undefined;
}
