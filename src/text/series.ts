import { isRampartError } from "../errors.js";
import type { ChangingPart, RuleSeries } from "../extensions/series.js";
import type { Counters } from "../model/counters.js";
import type { Codes } from "./codes.js";
import { gapEnd } from "./gaps.js";

/** Takes the word that stands in a gap; false, or a RampartError, where only a parser can tell. */
export type Fill = (rule: RuleSeries, text: string, from: number, to: number) => boolean;
/** A word of a line that may be another one in the next. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly fill: Fill;
}
/** What the gaps of a line change. */
export interface Changes {
  readonly gaps: readonly Gap[];
  readonly networks: boolean;
  /** The parts that they change, by their place in the rule. */
  readonly places: ReadonlySet<number>;
  /** Those of them that are to be written when all of a line's gaps are filled. */
  readonly parts: ReadonlyMap<number, ChangingPart>;
}

const QUOTE = 34;

/** Lines that are the same but for the words in their gaps. */
export class Series {
  /** The rule of the line read last. */
  readonly rule: RuleSeries;
  /** What the rule's counters start from, as its bytes have it. */
  counters: Counters | undefined;
  /** The series that came behind this one last. */
  next: Series | undefined;
  /** What stands before, between and behind the gaps. */
  readonly #constant: readonly Uint16Array[];
  readonly #fills: readonly Fill[];
  readonly #parts: readonly { readonly at: number; readonly part: ChangingPart }[];
  /** Where the words begin and end in the line that is being read. */
  readonly #bounds: number[] = [];

  /** `line` is the first one, whose rule is `rule`. */
  constructor(line: Uint16Array, { gaps, parts }: Changes, rule: RuleSeries) {
    this.rule = rule;
    this.#constant = [0, ...gaps.map(({ to }) => to)].map((from, i) => line.slice(from, gaps[i]?.from));
    this.#fills = gaps.map(({ fill }) => fill);
    this.#parts = [...parts].map(([place, part]) => ({ at: rule.parts[place]!, part }));
  }

  /** Whether `text[from, to)`, which `codes` covers, is such a line. If so, the bytes of `rule` are its rule's. */
  read(text: string, { codes, base }: Codes, from: number, to: number): boolean {
    return this.#matches(codes, from - base, to - base) && this.#fill(text, base);
  }
  #matches(codes: Uint16Array, from: number, to: number): boolean {
    const constant = this.#constant,
      bounds = this.#bounds,
      last = constant.length - 1;
    let at = from;
    for (let n = 0; ; n++) {
      const words = constant[n]!;
      if (words.length > to - at) return false;
      for (let i = 0; i < words.length; i++) if (codes[at + i] !== words[i]) return false;
      at += words.length;
      if (n === last) return at === to;
      const end = gapEnd(codes, at, to);
      if (end < 0) return false;
      const quote = codes[at] === QUOTE ? 1 : 0;
      bounds[2 * n] = at + quote;
      bounds[2 * n + 1] = end - quote;
      at = end;
    }
  }
  #fill(text: string, base: number): boolean {
    const { rule } = this,
      bounds = this.#bounds,
      fills = this.#fills,
      parts = this.#parts;
    try {
      for (let n = 0; n < fills.length; n++)
        if (!fills[n]!(rule, text, base + bounds[2 * n]!, base + bounds[2 * n + 1]!)) return false;
      for (let n = 0; n < parts.length; n++) parts[n]!.part.write(rule.bytes, parts[n]!.at);
      return true;
    } catch (error) {
      if (isRampartError(error)) return false;
      throw error;
    }
  }
}
