import { fail } from "../errors.js";
import type { Context } from "./extension.js";
import { integer } from "./kinds-number.js";
import { between, printRange, type Range } from "./kinds-range.js";
import type { Has, Kind } from "./option-form.js";

/**
 * `a`, `a:b`, `a:`, `:b` or nothing for 0. Unlike a range of ports it may run backwards: iptables 1.8.9 takes it, and it
 * matches nothing.
 */
function parseSpan(word: string, max: number, number: (end: string) => number): Range {
  const [from = "", to, more] = word.split(":");
  if (more !== undefined) fail(`"${word}" has more than two ends`);
  const low = from === "" ? 0 : number(from);
  if (to === undefined) return low;
  return between(low, to === "" ? max : number(to));
}

/** Both ends in two fields; nothing is checked about their order. `number`: how one end is read, if not in base 0. */
export const span = <A extends string, B extends string>(
  low: A,
  high: B,
  max: number,
  number: (end: string, ctx: Context) => number = (end) => integer(end, max),
): Kind<Has<A | B>, Range> => ({
  parse: ([word = ""], ctx) => parseSpan(word, max, (end) => number(end, ctx)),
  print: printRange,
  bind: ({ [low]: a, [high]: z }) => ({
    store(b, o, value) {
      a.set(b, o, typeof value === "number" ? value : value[0]);
      z.set(b, o, typeof value === "number" ? value : value[1]);
    },
    load: (b, o) => between(a.get(b, o), z.get(b, o)),
  }),
});
/** Whether an option is said at all: iptables 1.8.9 says nothing of a whole span, not even of its negation. */
export const isWhole = (value: unknown, max: number): boolean => {
  const span = typeof value === "object" && value !== null && "not" in value ? value.not : value;
  return Array.isArray(span) && span[0] === 0 && span[1] === max;
};
