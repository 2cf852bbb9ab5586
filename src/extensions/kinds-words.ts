import { fail } from "../errors.js";
import { mapped } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

const upper = (word: string): string => word.toUpperCase();

export interface WordRules {
  /** The case that words have. */
  readonly fold?: (word: string) => string;
  /** The first word of a prefix is as good as itself. */
  readonly prefix?: boolean;
}
/** A comma list of words as bits, both ways. A word of value 0 stands for no bit at all. */
export function wordsToBits<const T extends Readonly<Record<string, number>>>(
  names: T,
  { fold = upper, prefix = false }: WordRules = {},
) {
  type Word = keyof T & string;
  const list = Object.keys(names) as Word[];
  const known = new Map<number, readonly Word[]>();
  /** Few combinations occur: each is made once, frozen and shared. */
  const words = (bits: number): readonly Word[] => {
    let some = known.get(bits);
    if (!some) {
      some = Object.freeze(list.filter((word) => (names[word] ? (bits & names[word]) !== 0 : bits === 0)));
      known.set(bits, some);
    }
    return some;
  };
  const bits = (some: readonly Word[]): number => {
    let all = 0;
    for (const word of some) all |= names[word]!;
    return all;
  };
  const find = (word: string): Word =>
    list.find((name) => name === fold(word) || (prefix && word !== "" && name.startsWith(fold(word)))) ??
    fail(`"${word}" is not one of ${list.join(", ")}`);
  return { parse: (text: string): readonly Word[] => words(bits(text.split(",").map(find))), bits, words };
}

/** A comma list stored as bits. Declared order is print order. */
export function bitset<F extends string, const T extends Readonly<Record<string, number>>>(
  field: F,
  names: T,
  rules?: WordRules,
): Kind<Has<F>, readonly (keyof T & string)[]> {
  const codec = wordsToBits(names, rules),
    words = Object.keys(names);
  return {
    ...mapped(field, codec.bits, codec.words, { parse: codec.parse, print: (value) => value.join(",") }),
    edges: [...words, words.join(","), words.toReversed().join(","), words.join(",").toLowerCase(), "", ","],
  };
}

/** The place of one word in a table; case is ignored, and unique prefixes are welcome. */
export function choose(
  table: readonly (readonly [name: string, ...rest: unknown[]])[],
  word: string,
  what: string,
): number {
  const wanted = word.toLowerCase(),
    exact = table.findIndex(([name]) => name.toLowerCase() === wanted);
  if (exact >= 0) return exact;
  const hits = [...table.keys()].filter((i) => table[i]![0].toLowerCase().startsWith(wanted));
  if (hits.length > 1 && word !== "")
    fail(`ambiguous ${what} "${word}": ${hits.map((i) => table[i]![0]).join(" or ")}?`);
  return hits.length === 1 ? hits[0]! : fail(`unknown ${what} "${word}"`);
}
