import type { Context } from "../extensions/extension.js";
import type { Rewrite } from "../extensions/option.js";
import { matches, targets } from "../extensions/registry.js";
import { factsOf } from "../extensions/rule-facts.js";
import { ChangingPart, type NetworkField, putNetwork, rewritePart } from "../extensions/series.js";
import { sameValue } from "../model/equal.js";
import type { Part, Rule } from "../model/rule.js";
import { codesOf } from "./codes.js";
import { gapEnd, isGap } from "./gaps.js";
import { namesOf, type OpenPart, openPart, readOption, readValue } from "./open-parts.js";
import type { Word } from "./place.js";
import type { Changes, Fill, Gap } from "./series.js";
import { wordsOf } from "./words.js";

const NETWORKS: Readonly<Record<string, NetworkField>> = { "-s": "source", "-d": "destination" };
/** Options of which the word stays: what it names is one of few. */
const STAYS = /^-[iopg]$/;

/**
 * Which words of an `-A` line may be others in the next, and what they change, given the rule that the line stands for.
 * Undefined for a line that is not as iptables-save writes it.
 */
export function changesIn(line: string, rule: Rule, ctx: Context): Changes | undefined {
  const [, , ...words] = wordsOf({ number: 1, text: line }),
    reader = new ChangesReader(codesOf(line), rule, ctx);
  for (let word = words.shift(); word; word = words.shift()) {
    const not = word.text === "!",
      option = not ? words.shift() : word;
    if (!option || !reader.option(option.text, not, words)) return undefined;
  }
  return reader.changes();
}

/** What stands in a gap: an option of a part, or something with a way of its own. */
interface OpenGap extends Pick<Gap, "from" | "to"> {
  readonly fill?: Fill;
  readonly option?: OptionGap;
}
interface OptionGap {
  readonly place: number;
  readonly key: string;
  /** The option as it was typed, and whether `!` stood before it. */
  readonly name: string;
  readonly not: boolean;
}

class ChangesReader {
  readonly #line: Uint16Array;
  readonly #rule: Rule;
  readonly #matches: readonly Part[];
  readonly #ctx: Context;
  readonly #gaps: OpenGap[] = [];
  #networks = false;
  /** Parts as their words make them, by their place in the rule; the last one is the one whose options are being read. */
  readonly #read = new Map<number, OpenPart>();
  #open: OpenPart | undefined;
  #place = -1;
  constructor(line: Uint16Array, rule: Rule, ctx: Context) {
    this.#line = line;
    this.#rule = rule;
    this.#matches = rule.matches ?? [];
    this.#ctx = ctx;
  }

  /** Reads one option, its words from the front of `words`; false where it is none that iptables-save writes so. */
  option(name: string, not: boolean, words: Word[]): boolean {
    const field = NETWORKS[name];
    if (field) return this.#network(field, words.shift());
    if (STAYS.test(name)) return words.shift() !== undefined;
    if (name === "-m") return this.#begin(this.#place + 1, words.shift()?.text);
    if (name === "-j") return this.#begin(this.#matches.length, words.shift()?.text);
    // The match that the protocol brings with it has no word of its own.
    if (!this.#open && !this.#begin(0, this.#matches[0]?.name)) return false;
    return this.#option(this.#open!, name, not, words);
  }
  /** Undefined where the words come to another rule than this one after all. */
  changes(): Changes | undefined {
    for (const [place, { extension, options }] of this.#read)
      if (!sameValue(extension.settle(options), this.#part(place)?.options)) return undefined;
    const places = new Set(this.#gaps.flatMap(({ option }) => (option ? [option.place] : []))),
      parts = new Map<number, ChangingPart>();
    for (const place of places) if (!this.#rewritable(place)) parts.set(place, this.#changing(place));
    const gaps = this.#gaps.map(({ from, to, fill, option }): Gap => {
      const part = option && parts.get(option.place);
      return { from, to, fill: fill ?? (part ? this.#parsing(option!, part) : this.#rewriting(option!)) };
    });
    return { gaps, networks: this.#networks, places, parts };
  }

  #part(place: number): Part | undefined {
    const { jump } = this.#rule;
    return this.#matches[place] ?? (typeof jump === "object" ? jump : undefined);
  }
  #begin(place: number, name: string | undefined): boolean {
    const part = this.#part(place),
      extension = (place < this.#matches.length ? matches : targets).get(name ?? "");
    this.#place = place;
    this.#open = undefined;
    // A verdict or a chain.
    if (!part) return place === this.#matches.length;
    if (part.name !== name || !extension) return false;
    this.#open = openPart(extension, 0);
    this.#read.set(place, this.#open);
    return true;
  }
  #network(field: NetworkField, word: Word | undefined): boolean {
    const { family } = this.#ctx;
    const fill: Fill = (rule, text, from, to) => putNetwork(rule, field, family, text, from, to);
    if (this.#gap(word, { fill })) this.#networks = true;
    return true;
  }
  #option(open: OpenPart, name: string, not: boolean, words: Word[]): boolean {
    const { extension } = open,
      key = namesOf(extension).get(name),
      spec = extension.specs[key ?? ""],
      value = words[0],
      other = not && extension.aliases[`! ${name}`] !== undefined;
    if (key === undefined) return false;
    readOption(
      open,
      name,
      not,
      () => words.shift()?.text ?? "",
      this.#ctx,
      () => words[0]?.text,
    );
    if (
      spec?.words === 1 &&
      !other &&
      !extension.local &&
      !extension.refers &&
      !extension.again &&
      !spec.optional
    )
      this.#gap(value, { option: { place: this.#place, key, name, not } });
    return true;
  }
  #gap(word: Word | undefined, what: Pick<OpenGap, "fill" | "option">): boolean {
    const line = this.#line;
    if (!word || !isGap(line, word.from) || gapEnd(line, word.from, line.length) !== word.to) return false;
    this.#gaps.push({ from: word.from, to: word.to, ...what });
    return true;
  }

  #changing(place: number): ChangingPart {
    const { extension, options } = this.#read.get(place)!;
    return new ChangingPart(extension, options, factsOf(this.#rule), this.#ctx);
  }
  #rewriter({ place, key }: OptionGap): Rewrite | undefined {
    return this.#read.get(place)!.extension.rewriter(key, this.#ctx.family);
  }
  /** Whether each option that changes in the part can be given in place; else all of them make the part anew. */
  #rewritable(place: number): boolean {
    return this.#gaps.every(({ option }) => option?.place !== place || this.#rewriter(option) !== undefined);
  }
  #rewriting(option: OptionGap): Fill {
    const { place } = option,
      rewrite = this.#rewriter(option)!;
    return (rule, text, from, to) => rewritePart(rule, place, rewrite, text, from, to);
  }
  #parsing({ place, key, name, not }: OptionGap, part: ChangingPart): Fill {
    const spec = this.#read.get(place)!.extension.specs[key]!,
      ctx = this.#ctx;
    let last: string | undefined;
    return (_, text, from, to) => {
      if (last?.length === to - from && text.startsWith(last, from)) return true;
      const word = text.slice(from, to);
      last = undefined;
      part.set(key, readValue(spec, not, [word], ctx, name));
      last = word;
      return true;
    };
  }
}
