import type { Context } from "../extensions/extension.js";
import { type Changing, putCounters, type RuleSeries } from "../extensions/series.js";
import { type Counters, ZERO_COUNTERS } from "../model/counters.js";
import type { Rule } from "../model/rule.js";
import { LONGEST } from "./append-line.js";
import { Codes, codesOf } from "./codes.js";
import { shapeOf } from "./gaps.js";
import { Series } from "./series.js";
import { changesIn } from "./series-changes.js";

/** Appends a rule that is likely to come again with other values. */
export type BeginSeries = (chain: string, rule: Rule, changing: Changing) => RuleSeries;

/** A power of two. */
const SLOTS = 1 << 12;
/** Lines of one shape may still differ in words that do not change; those of more kinds than this are not worth a look. */
const MOST_ALIKE = 4,
  MOST = 1024;

/**
 * Reads `-A` lines that are like one before, straight into bytes. What such a line has in other words than that one is
 * parsed, checked and encoded by the same functions as ever; a test holds both ways to the same bytes.
 */
export class SeriesReader {
  readonly #text: string;
  readonly #codes: Codes;
  readonly #ctx: Context;
  readonly #counted: boolean;
  readonly #begin: BeginSeries;
  /** The shapes that were met: a shape is worth a series the second time. */
  readonly #met = new Int32Array(SLOTS).fill(-1);
  readonly #known = new Map<number, Series[]>();
  #count = 0;
  #last: Series | undefined;
  /** Of the line that was not read. */
  #shape = -1;

  /** `counted`: lines may bring counters along. */
  constructor(text: string, ctx: Context, counted: boolean, begin: BeginSeries) {
    this.#text = text;
    this.#codes = new Codes(text);
    this.#ctx = ctx;
    this.#counted = counted;
    this.#begin = begin;
  }
  /** Whether the line was of a known series; its rule is appended then. */
  read(from: number, to: number, counters: Counters | undefined): boolean {
    const expected = this.#last?.next,
      text = this.#text,
      codes = this.#codes;
    this.#shape = -1;
    if (to - from > LONGEST || !codes.cover(from, to)) return false;
    const series = expected?.read(text, codes, from, to) ? expected : this.#find(from, to);
    if (!series) return false;
    if (series.counters !== counters) {
      putCounters(series.rule, this.#ctx.family, counters ?? ZERO_COUNTERS);
      series.counters = counters;
    }
    series.rule.append();
    this.#follow(series);
    return true;
  }
  /** Whether the rule of the line that was not read begins a series; it is appended then. */
  begin(from: number, to: number, chain: string, rule: Rule): boolean {
    const shape = this.#shape,
      slot = shape & (SLOTS - 1);
    if (shape < 0) return false;
    if (this.#met[slot] !== shape) {
      this.#met[slot] = shape;
      return false;
    }
    const alike = this.#known.get(shape) ?? [];
    if (alike.length >= MOST_ALIKE || this.#count >= MOST) return false;
    const line = this.#text.slice(from, to),
      changes = changesIn(line, rule, this.#ctx);
    if (!changes) return false;
    const { networks, places } = changes,
      changing: Changing = { networks, counters: this.#counted, parts: places },
      series = new Series(codesOf(line), changes, this.#begin(chain, rule, changing));
    series.counters = rule.counters;
    alike.push(series);
    this.#known.set(shape, alike);
    this.#count++;
    this.#follow(series);
    return true;
  }

  #find(from: number, to: number): Series | undefined {
    const codes = this.#codes;
    this.#shape = shapeOf(codes.codes, from - codes.base, to - codes.base);
    const alike = this.#known.get(this.#shape);
    if (alike) for (const series of alike) if (series.read(this.#text, codes, from, to)) return series;
    return undefined;
  }
  #follow(series: Series): void {
    if (this.#last) this.#last.next = series;
    this.#last = series;
  }
}
