import { cstring, kernelPointer, struct, u16, u32 } from "../../codec/struct.js";
import { isNot, type Negatable, type Options } from "../../model/rule.js";
import { parseBitRate, printBitRate } from "../byte-rate.js";
import { lastOf, match } from "../define.js";
import { integer, mapped, text } from "../kinds.js";
import { eitherWay, flags, type Option, selected, unless } from "../option.js";

const NAME_SIZE = 16;
const info = struct("xt_rateest_match_info", "linux/netfilter/xt_rateest.h", {
  name1: cstring(NAME_SIZE),
  name2: cstring(NAME_SIZE),
  flags: u16,
  mode: u16,
  bps1: u32,
  pps1: u32,
  bps2: u32,
  pps2: u32,
  est1: kernelPointer,
  est2: kernelPointer,
});
const INVERT = 0x1,
  ABSOLUTE = 0x2,
  RELATIVE = 0x4,
  DELTA = 0x8,
  BPS = 0x10,
  PPS = 0x20;
const compared = selected("mode", { inverted: "flags", not: INVERT }),
  given = flags("flags");
const name = <F extends string>(field: F) => unless("", text(field, { max: NAME_SIZE - 1, cut: true }));
const bits = <F extends string>(field: F) => ({
  ...mapped(
    field,
    (rate: number) => rate / 8,
    (bytes) => bytes * 8,
    { parse: (word) => (word === "" ? 0 : parseBitRate(word)), print: printBitRate },
  ),
  wordsOf: (rate: number) => [`${rate}bit`],
});
const packets = <F extends string>(field: F) =>
  mapped(
    field,
    (n: number) => n,
    (n) => n,
    {
      parse: (word) => (word === "" ? 0 : integer(word, 0xffff_ffff)),
      print: String,
    },
  );
/** The word may be missing: then the rate is 0, or that of the other estimator. */
const optional = <Info, V>(option: Option<Info, V, false>): Option<Info, V, false> => ({
  ...option,
  optional: true,
});

const MODES = { rateestLt: "--rateest-lt", rateestGt: "--rateest-gt", rateestEq: "--rateest-eq" } as const;
interface Compared {
  readonly rateestLt?: Negatable<true>;
  readonly rateestGt?: Negatable<true>;
  readonly rateestEq?: Negatable<true>;
}
function modeOf(o: Compared): string {
  for (const key of ["rateestLt", "rateestGt", "rateestEq"] as const)
    if (o[key] !== undefined) return `${isNot(o[key]) ? " !" : ""} ${MODES[key]}`;
  return "";
}
/** The last one counts; `!` before any of them inverts it. */
function lastMode<O extends Compared & Options>(o: O): O {
  const last: Options = lastOf("rateestLt", "rateestGt", "rateestEq")(o),
    inverted = [o.rateestLt, o.rateestGt, o.rateestEq].some(isNot),
    key = Object.keys(MODES).find((one) => last[one] !== undefined);
  return (key && inverted && !isNot(last[key]) ? { ...last, [key]: { not: true } } : last) as O;
}

/**
 * `-m rateest`: the rate that a RATEEST target has estimated, against a number or against another estimator.
 *
 * @example rateest({ rateest1: "wan", rateestGt: true, rateestBps2: 8_000_000 })
 */
export const rateest = match("rateest", {
  revision: 0,
  info,
  options: {
    /** The difference of each estimator from its own rate is compared, not the rate itself. */
    rateestDelta: given(DELTA),
    /** The estimator, up to 15 bytes. */
    rateest1: name("name1"),
    /** Its rate must be less, */
    rateestLt: compared(2, eitherWay),
    /** greater, */
    rateestGt: compared(3, eitherWay),
    /** or equal. */
    rateestEq: compared(1, eitherWay),
    /** With `rateestDelta`: bits a second that the first estimator's rate is measured from; a multiple of 8. */
    rateestBps1: optional(unless(0, bits("bps1"))),
    /** With `rateestDelta`: packets a second, likewise. */
    rateestPps1: optional(unless(0, packets("pps1"))),
    /** What it is compared with, in bits a second, a multiple of 8; 0 and unused beside `rateest2`. */
    rateestBps2: optional(given(BPS, bits("bps2"))),
    /** Or in packets a second, 0 to 4294967295. */
    rateestPps2: optional(given(PPS, packets("pps2"))),
    /** The other estimator. */
    rateest2: name("name2"),
  },
  aliases: {
    "--rateest": ["--rateest1"],
    "--rateest-bps": ["--rateest-bps2"],
    "--rateest-pps": ["--rateest-pps2"],
  },
  /** Of several comparisons the last one counts; what is asked of one side is asked of both. */
  merge: (o) => ({
    ...lastMode(o),
    ...(o.rateestBps1 !== undefined && o.rateestBps2 === undefined && { rateestBps2: 0 }),
    ...(o.rateestPps1 !== undefined && o.rateestPps2 === undefined && { rateestPps2: 0 }),
  }),
  finish:
    ({ flags, name2 }) =>
    (b, o) =>
      flags.set(b, o, flags.get(b, o) | (name2.get(b, o) === "" ? ABSOLUTE : RELATIVE)),
  print: (o) => {
    const relative = o.rateest2 !== undefined,
      mode = modeOf(o);
    const compare = (unit: string, first: string, second: string | undefined): string => {
      if (second === undefined) return "";
      if (o.rateestDelta) return ` --rateest-${unit}1 ${first}${mode} --rateest-${unit}2 ${second}`;
      return `${mode} --rateest-${unit}${relative ? "" : ` ${second}`}`;
    };
    const bps = (rate: unknown) => (rate === undefined ? undefined : printBitRate(rate as number)),
      pps = (rate: unknown) => (rate === undefined ? undefined : `${rate as number}`);
    return [
      o.rateestDelta ? " --rateest-delta" : "",
      ` --rateest${relative ? "1" : ""} ${o.rateest1 ?? ""}`,
      compare("bps", bps(o.rateestBps1 ?? 0)!, bps(o.rateestBps2)),
      compare("pps", pps(o.rateestPps1 ?? 0)!, pps(o.rateestPps2)),
      relative ? ` --rateest2 ${o.rateest2 as string}` : "",
    ].join("");
  },
});
