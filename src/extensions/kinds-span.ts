import { fail } from "../errors.js";
import { isNot, type Options } from "../model/rule.js";
import type { Context } from "./extension.js";
import { integer, plainNumber } from "./kinds-number.js";
import { between, printRange, type Range, rangeEdges } from "./kinds-range.js";
import type { Has, Kind } from "./option-form.js";

/** `a`, `a:b`, `a:`, `:b` or nothing for 0. Unlike a range of ports it may run backwards where the profile lets it. */
function parseSpan(word: string, max: number, number: (end: string) => number, { profile }: Context): Range {
  const [from = "", to, more] = word.split(":");
  if (more !== undefined) fail(`"${word}" has more than two ends`);
  const low = from === "" ? 0 : number(from);
  if (to === undefined) return low;
  const high = to === "" ? max : number(to);
  return low <= high || profile.backwardRanges ? between(low, high) : fail(`range ${word} is backwards`);
}

/** Both ends in two fields; nothing is checked about their order. `number`: how one end is read, if not in base 0. */
export const span = <A extends string, B extends string>(
  low: A,
  high: B,
  max: number,
  number: (end: string, ctx: Context) => number = (end) => integer(end, max),
): Kind<Has<A | B>, Range> => ({
  edges: rangeEdges(max),
  parse: ([word = ""], ctx) => parseSpan(word, max, (end) => number(end, ctx), ctx),
  print: printRange,
  bind: ({ [low]: a, [high]: z }) => ({
    store(b, o, value) {
      a.set(b, o, typeof value === "number" ? value : value[0]);
      z.set(b, o, typeof value === "number" ? value : value[1]);
    },
    load: (b, o) => between(a.get(b, o), z.get(b, o)),
    rewrite(b, o, text, from, to) {
      const plain = plainNumber(text, from, to);
      if (!(plain <= max)) return false;
      a.set(b, o, plain);
      z.set(b, o, plain);
      return true;
    },
  }),
});
/** Whether option `key` is said: nothing is of a whole range, and of its negation where the profile has it. */
export const unlessWhole =
  (key: string, max: number) =>
  (options: Options, { profile }: Context): boolean => {
    const value = options[key],
      span: unknown = isNot(value) ? value.not : value;
    const whole = Array.isArray(span) && span[0] === 0 && span[1] === max;
    return !whole || (isNot(value) && profile.saysNothingMatches);
  };
