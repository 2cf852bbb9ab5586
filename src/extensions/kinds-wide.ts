import type { Wide } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind } from "./option-form.js";

const LARGEST = 0xffff_ffff_ffff_ffffn;
/** A number of 64 bits as strtoul base 0 reads it. */
export function wideInteger(word: string): Wide {
  const digits = word.replace(/^\s*\+?/, "");
  const n = /^(0|[1-9]\d*|0x[\da-f]+)$/i.test(digits)
    ? BigInt(digits)
    : /^0[0-7]+$/.test(digits)
      ? BigInt(`0o${digits.slice(1)}`)
      : -1n;
  if (n < 0n || n > LARGEST) fail(`"${word}" is not a number from 0 to ${LARGEST}`);
  return n <= Number.MAX_SAFE_INTEGER ? Number(n) : `${n}`;
}
export const isLess = (a: Wide, b: Wide): boolean =>
  typeof a === "number" && typeof b === "number" ? a < b : BigInt(a) < BigInt(b);
/** A number while that is exact, its decimal digits above. */
export const wide = <F extends string>(field: F): Kind<Has<F, Wide>, Wide> => ({
  edges: [
    "0",
    "1",
    "0x10",
    "010",
    ...[2n ** 53n, LARGEST, LARGEST + 1n].flatMap((n) => [`${n - 1n}`, `${n}`]),
  ],
  parse: ([word = ""]) => wideInteger(word),
  print: String,
  bind: ({ [field]: slot }) => ({
    store: (b, o, value) => slot.set(b, o, value),
    load: (b, o) => slot.get(b, o),
  }),
});
