import {
  array,
  inner,
  innerSlots,
  type Slot,
  type Slots,
  struct,
  u8,
  u32 as word32,
} from "../../codec/struct.js";
import { match } from "../define.js";
import { hex, integer } from "../kinds.js";
import { fail, type Has, type Kind, required } from "../option.js";

const MOST = 10;
const location = struct("xt_u32_location_element", "linux/netfilter/xt_u32.h", {
    number: word32,
    nextop: u8,
  }),
  value = struct("xt_u32_value_element", "linux/netfilter/xt_u32.h", { min: word32, max: word32 }),
  test = struct("xt_u32_test", "linux/netfilter/xt_u32.h", {
    location: array(MOST + 1, inner(location)),
    value: array(MOST + 1, inner(value)),
    nnums: u8,
    nvalues: u8,
  }),
  info = struct("xt_u32", "linux/netfilter/xt_u32.h", {
    tests: array(MOST + 1, inner(test)),
    ntests: u8,
    invert: u8,
  });
const OPERATORS = ["&", "<<", ">>", "@"] as const;

/** One test: where to look, as numbers with operators between them, and the ranges that the value may be in. */
interface Test {
  readonly numbers: readonly number[];
  readonly operators: readonly number[];
  readonly ranges: readonly (readonly [min: number, max: number])[];
}
const NUMBER = /\+?(?:0x[\da-f]+|\d+)/iy;

/** Reads `START [OP NUMBER]… = MIN[:MAX][,…] [&& …]`, see iptables-extensions(8). Blanks may stand between the words. */
function parseProgram(text: string): readonly Test[] {
  let at = 0;
  const wrong = (problem: string): never => fail(`at character ${at} of "${text}": ${problem}`);
  const taken = (word: string): boolean => {
    while (/\s/.test(text[at] ?? "")) at++;
    if (!text.startsWith(word, at)) return false;
    at += word.length;
    return true;
  };
  const number = (): number => {
    taken("");
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(text)?.[0] ?? wrong("a number is missing");
    // A leading zero means octal; what is not octal ends the number.
    const octal = /^\+?0[0-7]*/.exec(digits)?.[0],
      own = octal && !/x/i.test(digits) ? octal : digits;
    at += own.length;
    return integer(own, 0xffff_ffff);
  };
  const oneTest = (): Test => {
    const numbers = [number()],
      operators: number[] = [],
      ranges: [number, number][] = [];
    while (!taken("=")) {
      const op = OPERATORS.findIndex((one) => taken(one));
      operators.push(op >= 0 ? op : wrong("an operator or = is missing"));
      numbers.push(number());
      if (numbers.length > MOST) wrong("too many operators");
    }
    do {
      const min = number();
      ranges.push([min, taken(":") ? number() : min]);
      if (ranges.length > MOST) wrong("too many ranges");
    } while (taken(","));
    return { numbers, operators, ranges };
  };
  const tests: Test[] = [];
  do {
    tests.push(oneTest());
    if (tests.length > MOST) wrong("too many tests");
  } while (taken("&&"));
  return taken("") && at === text.length ? tests : wrong('"," or "&&" is missing');
}
const printTest = ({ numbers, operators, ranges }: Test): string => {
  const where = numbers.map((n, i) => `${i === 0 ? "" : OPERATORS[operators[i - 1]!]}${hex(n)}`).join("");
  return `${where}=${ranges.map(([min, max]) => (min === max ? hex(min) : `${hex(min)}:${hex(max)}`)).join(",")}`;
};
const canonical = (text: string): string => parseProgram(text).map(printTest).join("&&");

type Location = Slots<{ number: number; nextop: number }>;
type Value = Slots<{ min: number; max: number }>;
type TestSlots = Slots<{
  location: Slot<Location>[];
  value: Slot<Value>[];
  nnums: number;
  nvalues: number;
}>;
const program: Kind<Has<"ntests"> & Has<"tests", Slot<TestSlots>[]>, string> = {
  parse: ([text = ""]) => canonical(text),
  print: (text) => `"${text}"`,
  wordsOf: (text) => [text],
  bind({ ntests, tests }) {
    const all = innerSlots(tests).map((slot) => {
      const { location, value, nnums, nvalues } = innerSlots(slot);
      return {
        locations: innerSlots(location).map(innerSlots),
        values: innerSlots(value).map(innerSlots),
        nnums,
        nvalues,
      };
    });
    return {
      store(b, o, text) {
        const list = parseProgram(text);
        ntests.set(b, o, list.length);
        for (const [i, { numbers, operators, ranges }] of list.entries()) {
          const { locations, values, nnums, nvalues } = all[i]!;
          nnums.set(b, o, numbers.length);
          nvalues.set(b, o, ranges.length);
          for (const [j, n] of numbers.entries()) locations[j]!.number.set(b, o, n);
          for (const [j, op] of operators.entries()) locations[j + 1]!.nextop.set(b, o, op);
          for (const [j, [min, max]] of ranges.entries()) {
            values[j]!.min.set(b, o, min);
            values[j]!.max.set(b, o, max);
          }
        }
      },
      load(b, o) {
        const count = (slot: Slot<number>): number => {
          const n = slot.get(b, o);
          return n >= 1 && n <= MOST ? n : fail(`u32: ${n} where 1 to ${MOST} are meant`);
        };
        return all
          .slice(0, count(ntests))
          .map(({ locations, values, nnums, nvalues }) => {
            const places = locations.slice(0, count(nnums));
            return printTest({
              numbers: places.map(({ number }) => number.get(b, o)),
              operators: places.slice(1).map(({ nextop }) => nextop.get(b, o)),
              ranges: values.slice(0, count(nvalues)).map(({ min, max }) => [min.get(b, o), max.get(b, o)]),
            });
          })
          .join("&&");
      },
    };
  },
};

/**
 * `-m u32`: numbers taken from anywhere in the packet.
 *
 * @example u32({ u32: "6&0xff=1" })
 */
export const u32 = match("u32", {
  revision: 0,
  info,
  need: ["u32"],
  options: {
    /** Up to ten tests joined by `&&`; kept as iptables prints them, every number in hex. See iptables-extensions(8). */
    u32: required(program, "invert", 1),
  },
});
