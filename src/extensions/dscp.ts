import { fail } from "../errors.js";
import { integer, mapped, numberEdges } from "./kinds-number.js";

const LARGEST = 63;
/** RFC 2474, RFC 2597 and RFC 3246, as iptables 1.8.9 knows them. */
const CLASSES: ReadonlyMap<string, number> = new Map([
  ["BE", 0],
  ["EF", 46],
  ...Array.from({ length: 8 }, (_, i) => [`CS${i}`, i * 8] as const),
  ...[1, 2, 3, 4].flatMap((i) => [1, 2, 3].map((drop) => [`AF${i}${drop}`, i * 8 + drop * 2] as const)),
]);

/** A differentiated services code point, 0 to 63. */
export const codePoint = <F extends string>(field: F) => ({
  ...mapped<F, number>(
    field,
    (n) => n,
    (n) => n,
    {
      parse: (word) => integer(word, LARGEST),
      print: (n) => `0x${n.toString(16).padStart(2, "0")}`,
    },
  ),
  edges: numberEdges(LARGEST),
});
/** `AF11` and its kin, in any case, as a number; what stands behind does not count. */
export const classNumber = (word: string): string =>
  `${[...CLASSES].find(([name]) => word.toUpperCase().startsWith(name))?.[1] ?? fail(`"${word}" is none of ${[...CLASSES.keys()].join(", ")}`)}`;
