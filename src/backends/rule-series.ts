import type { Context, RuleFacts } from "../extensions/extension.js";
import { factsOf } from "../extensions/rule-facts.js";
import { alike, type Changing, partAt, putNetworks, putPart, type RuleSeries } from "../extensions/series.js";
import type { Rule } from "../model/rule.js";

/** So many of the last rules are looked at for one that the next is like; and so many series are begun at the most. */
const REMEMBERED = 8,
  MOST = 256;

/** A rule, the last one of its kind. */
interface Known {
  readonly chain: string;
  readonly facts: RuleFacts;
  rule: Rule;
  /** Whether it was not the first. The third begins the series: only then do parsers make one part of the same words. */
  again: boolean;
  /** Its bytes are those of `rule`. */
  series: RuleSeries | undefined;
  /** Where parts may change in the series. */
  places: readonly number[];
  /** What came behind it last. */
  next: Known | undefined;
}
type Begin = (chain: string, rule: Rule, changing: Changing) => RuleSeries;

/** Appends rules that are like others shortly before them: what long lists are made of. */
export class SeriesOfRules {
  readonly #context: Context;
  readonly #begin: Begin;
  readonly #known: Known[] = [];
  #oldest = 0;
  #last: Known | undefined;
  #begun = 0;

  constructor(context: Context, begin: Begin) {
    this.#context = context;
    this.#begin = begin;
  }
  /** Whether the rule was appended; if not, it is to be appended as it stands. Throws "invalid-value". */
  append(chain: string, rule: Rule): boolean {
    const known = this.#find(chain, rule) ?? this.#remember(chain, rule);
    if (this.#last) this.#last.next = known;
    this.#last = known;
    if (known.rule === rule) return false;
    return known.series ? this.#put(known, known.series, rule) : this.#begins(known, rule);
  }

  #find(chain: string, rule: Rule): Known | undefined {
    const expected = this.#last?.next;
    if (expected && fits(expected, chain, rule)) return expected;
    for (let i = 0; i < this.#known.length; i++)
      if (fits(this.#known[i]!, chain, rule)) return this.#known[i];
    return undefined;
  }
  #remember(chain: string, rule: Rule): Known {
    const facts = factsOf(rule);
    const known: Known = { chain, facts, rule, again: false, series: undefined, places: [], next: undefined };
    this.#known[this.#oldest] = known;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
    return known;
  }
  #begins(known: Known, rule: Rule): boolean {
    const begins = known.again && this.#begun < MOST;
    if (begins) {
      this.#begun++;
      known.places = changedPlaces(known.rule, rule);
      const changing = { networks: true, counters: false, parts: new Set(known.places) };
      known.series = this.#begin(known.chain, rule, changing);
    }
    known.again = true;
    known.rule = rule;
    return begins;
  }
  /** Gives the series what the rule has in other words than the last one. */
  #put(known: Known, series: RuleSeries, rule: Rule): boolean {
    const { rule: last, places, facts } = known,
      context = this.#context;
    if (!putNetworks(series, rule, context.family)) return false;
    known.rule = rule;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!,
        part = partAt(rule, place)!,
        before = partAt(last, place)!;
      if (part === before || putPart(series, place, part, before, facts, context)) continue;
      known.series = undefined;
      return false;
    }
    series.append();
    return true;
  }
}

/** Whether the rule can be of the series, or begin one. */
function fits({ chain, rule: last, series, places }: Known, itsChain: string, rule: Rule): boolean {
  if (chain !== itsChain || !alike(last, rule)) return false;
  if (!series) return true;
  for (let place = partCount(rule) - 1; place >= 0; place--)
    if (partAt(last, place) !== partAt(rule, place) && !places.includes(place)) return false;
  return true;
}
function changedPlaces(a: Rule, b: Rule): number[] {
  const places: number[] = [];
  for (let place = 0; place < partCount(a); place++)
    if (partAt(a, place) !== partAt(b, place)) places.push(place);
  return places;
}
const partCount = (rule: Rule): number => (rule.matches?.length ?? 0) + 1;
