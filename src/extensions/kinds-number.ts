import { fail } from "../errors.js";
import type { Context } from "./extension.js";
import type { Has, Kind } from "./option-form.js";

const FULL = 0xffff_ffff;
const OCTAL = /^0[0-7]+$/,
  DECIMAL_OR_HEX = /^(0|[1-9]\d*|0x[\da-f]+)$/i;
/** The digits of a number as strtoul takes them: blanks and a plus may stand before. */
const digitsOf = (text: string): string => (/^[\s+]/.test(text) ? text.replace(/^\s*\+?/, "") : text);
const ZERO = 48;
/** What nearly every number is written as: decimal digits, no zero in front. NaN for anything else. */
export function plainNumber(text: string, from = 0, to = text.length): number {
  if (to <= from || to > from + 10) return Number.NaN;
  let n = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9 || (n === 0 && i > from)) return Number.NaN;
    n = n * 10 + digit;
  }
  return n;
}
/** As strtoul base 0 reads it: a leading 0 is octal, 0x hex. NaN where it is no number. */
export function numberIn(text: string): number {
  const plain = plainNumber(text);
  if (plain >= 0) return plain;
  const digits = digitsOf(text);
  if (DECIMAL_OR_HEX.test(digits)) return Number(digits);
  return OCTAL.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
const within = (n: number, text: string, max: number, min: number): number =>
  n >= min && n <= max ? n : fail(`"${text}" is not a number from ${min} to ${max}`);
export const integer = (text: string, max: number, min = 0): number => within(numberIn(text), text, max, min);
/** As strtoul base 10 reads it: leading zeros mean nothing. */
export function decimal(text: string, max: number, min = 0): number {
  const plain = plainNumber(text);
  if (plain >= 0) return within(plain, text, max, min);
  const digits = digitsOf(text);
  return within(/^\d+$/.test(digits) ? Number(digits) : Number.NaN, text, max, min);
}
export const hex = (n: number): string => `0x${n.toString(16)}`;

/** The bounds of a number, their neighbours, and the bases of strtoul. */
export const numberEdges = (max: number, min = 0): readonly string[] => [
  ...new Set([min - 1, min, min + 1, max - 1, max, max + 1].map(String)),
  `0x${max.toString(16)}`,
  `0${max.toString(8)}`,
];

export function uint<F extends string>(field: F, max: number, min = 0): Kind<Has<F>, number> {
  return {
    edges: numberEdges(max, min),
    parse: ([word = ""]) => integer(word, max, min),
    print: String,
    bind: ({ [field]: slot }) => ({
      store: (b, o, value) => slot.set(b, o, value),
      load: (b, o) => slot.get(b, o),
    }),
  };
}
/** A number that is printed in hex, with `digits` digits at least. */
export const hexUint = <F extends string>(field: F, max: number, digits: number): Kind<Has<F>, number> => ({
  ...uint(field, max),
  print: (value) => `0x${value.toString(16).padStart(digits, "0")}`,
});
/** A number of which iptables takes 32 bits, and keeps as many as the field has. */
export const wrappedUint = <F extends string>(field: F, max: number): Kind<Has<F>, number> => ({
  ...uint(field, max),
  edges: [...numberEdges(max), `${FULL}`, `${FULL + 1}`],
  parse: ([word = ""]) => integer(word, FULL) % (max + 1),
  print: (value) => `${integer(`${value}`, max)}`,
});

/** One number in the struct, one word in the rule. */
export function mapped<F extends string, V>(
  field: F,
  to: (value: V, ctx: Context) => number,
  from: (n: number, ctx: Context) => V,
  text: {
    readonly parse: (word: string, ctx: Context) => V;
    readonly print: (value: V, ctx: Context) => string;
  },
): Kind<Has<F>, V> {
  return {
    parse: ([word = ""], ctx) => text.parse(word, ctx),
    print: text.print,
    bind: ({ [field]: slot }) => ({
      store: (b, o, value, ctx) => slot.set(b, o, to(value, ctx)),
      load: (b, o, ctx) => from(slot.get(b, o), ctx),
    }),
  };
}

/** A number under a mask: `5`, or `{ value: 5, mask: 7 }`. */
export type Masked = number | { readonly value: number; readonly mask: number };
export const printMasked = (masked: Masked, always = false): string =>
  typeof masked === "number"
    ? always
      ? `${hex(masked)}/${hex(FULL)}`
      : hex(masked)
    : `${hex(masked.value)}/${hex(masked.mask)}`;
/** `alwaysMask`: printed even where it is full. */
export function masked<V extends string, M extends string>(
  value: V,
  mask: M,
  alwaysMask = false,
): Kind<Has<V | M>, Masked> {
  return {
    edges: [
      "0/0",
      `0/${hex(FULL)}`,
      `${hex(FULL)}/1`,
      "0x10/010",
      "1/0x100000000",
      "1/",
      ...numberEdges(FULL),
    ],
    parse: ([word = ""]) => {
      const slash = word.indexOf("/"),
        v = integer(slash < 0 ? word : word.slice(0, slash), FULL),
        m = slash < 0 ? FULL : integer(word.slice(slash + 1), FULL);
      return m === FULL ? v : { value: v, mask: m };
    },
    print: (v) => printMasked(v, alwaysMask),
    bind: ({ [value]: v, [mask]: m }) => ({
      store(b, o, x) {
        v.set(b, o, typeof x === "number" ? x : x.value);
        m.set(b, o, typeof x === "number" ? FULL : x.mask);
      },
      load(b, o) {
        const under = m.get(b, o);
        return under === FULL ? v.get(b, o) : { value: v.get(b, o), mask: under };
      },
    }),
  };
}
