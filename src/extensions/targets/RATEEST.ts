import { cstring, kernelPointer, struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { mapped, text } from "../kinds.js";
import { depending, fail, type Has, type Kind, required } from "../option.js";

/** `interval` is signed: 0 stands for a second, and each step for twice as long. */
const info = struct("xt_rateest_target_info", "linux/netfilter/xt_RATEEST.h", {
  name: cstring(16, 15),
  interval: u8,
  ewmaLog: u8,
  est: kernelPointer,
});
/** A time: `250ms`, `1.5s`, `500us`. */
export type Span = `${number}${"us" | "ms" | "s"}`;

const SECOND = 1_000_000,
  SHORTEST = SECOND / 4,
  LONGEST_STEP = 3,
  SHORTEST_STEP = -2,
  LARGEST_LOG = 29,
  WRAP = 2 ** 32;
const WORD = /^\s*(0x[\da-f]+|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:(us|ms|s)(?:ecs?)?)?$/i;
/** Microseconds; without a unit the number is of them. */
function microseconds(word: string): number {
  const [, number = "", unit = "us"] = WORD.exec(word.replace(/(?<=[um]?s)ecs?$/i, "")) ?? [];
  if (number === "") fail(`"${word}" is no time: a number and us, ms or s`);
  return Math.trunc(Number(number) * { us: 1, ms: 1000, s: SECOND }[unit.toLowerCase() as "us" | "ms" | "s"]);
}
const spanOf = (us: number): Span =>
  us % SECOND === 0 ? `${us / SECOND}s` : us % 1000 === 0 ? `${us / 1000}ms` : `${us}us`;
/** As iptables computes it, in 32 bits. */
const wrapped = (us: number): number => (Math.abs(us) < 2 ** 63 ? Number(BigInt.asUintN(32, BigInt(us))) : 0);
function said(span: Span): string {
  const us = wrapped(microseconds(span));
  if (us >= SECOND) return `${(us / SECOND).toFixed(1)}s`;
  return us >= 1000 ? `${(us / 1000).toFixed(1)}ms` : `${us}us`;
}
const words = {
  parse: (word: string): Span => spanOf(wrapped(microseconds(word))),
  print: said,
};
const wordsOf = (span: Span): readonly string[] =>
  microseconds(span) < WRAP ? [span] : fail("iptables has no word for a time above 4294 s");

const stepTime = (step: number): number => SHORTEST * 2 ** (step - SHORTEST_STEP);
/** The shortest step that lasts at least so long. */
const stepOf = (us: number): number =>
  Math.ceil(Math.log2(Math.max(us, SHORTEST) / SHORTEST)) + SHORTEST_STEP;
/** The weight of a measurement, as a power of 1/2, for an average over the time `ewma`. */
function logOf(interval: number, ewma: number): number {
  let log = 1;
  while (log <= LARGEST_LOG + 1 && interval / -Math.log(1 - 1 / 2 ** log) <= ewma) log++;
  return log - 1;
}
function measure(interval: Span, ewma: Span): { step: number; log: number } {
  const us = microseconds(interval);
  return { step: stepOf(us), log: logOf(us, microseconds(ewma)) };
}
const badLog = (log: number): boolean => log < 1 || log > LARGEST_LOG;

const interval: Kind<Has<"interval">, Span> = {
  ...mapped<"interval", Span>(
    "interval",
    (span) => stepOf(microseconds(span)) & 0xff,
    (n) => {
      const step = (n << 24) >> 24;
      return step < SHORTEST_STEP || step > LONGEST_STEP
        ? fail("RATEEST: no such interval")
        : spanOf(stepTime(step));
    },
    words,
  ),
  wordsOf,
};
const ewmalog: Kind<Has<"interval" | "ewmaLog">, Span> = {
  parse: ([word = ""]) => words.parse(word),
  print: said,
  wordsOf,
  bind: ({ interval: step, ewmaLog }) => {
    const length = (b: Uint8Array, o: number): number => stepTime((step.get(b, o) << 24) >> 24);
    return {
      store: (b, o, span) => ewmaLog.set(b, o, logOf(length(b, o), microseconds(span))),
      // iptables-save would say something else of a longer one, so it is kept as bytes.
      load(b, o) {
        const log = ewmaLog.get(b, o),
          us = length(b, o) * 2 ** log;
        return badLog(log) || us >= WRAP ? fail("RATEEST: no such average") : spanOf(us);
      },
    };
  },
};

/**
 * `-j RATEEST`: measures the rate of the packets that come here, for `-m rateest`.
 *
 * @example setRateest({ rateestName: "up", rateestInterval: "250ms", rateestEwmalog: "500ms" })
 */
export const setRateest = target("RATEEST", {
  revision: 0,
  info,
  need: ["rateestName", "rateestInterval", "rateestEwmalog"],
  options: {
    /** What `-m rateest` calls it, at most 15 bytes, the rest is cut. */
    rateestName: required(text("name", { max: 15, cut: true })),
    /** How often is measured: 250 ms, 500 ms, 1, 2, 4 or 8 s; others are rounded up. */
    rateestInterval: required(interval),
    /** How far back the moving average looks: the interval times a power of 2, at least twice; others are rounded. */
    rateestEwmalog: depending({ last: true }, required(ewmalog)),
  },
  resolve(o) {
    if (o.rateestInterval === undefined || o.rateestEwmalog === undefined) return o;
    const { step, log } = measure(o.rateestInterval, o.rateestEwmalog);
    if (step > LONGEST_STEP || badLog(log)) return o;
    return {
      ...o,
      rateestInterval: spanOf(stepTime(step)),
      rateestEwmalog: spanOf(stepTime(step) * 2 ** log),
    };
  },
  check({ rateestInterval, rateestEwmalog }) {
    const { step, log } = measure(rateestInterval!, rateestEwmalog!);
    if (step > LONGEST_STEP) fail("RATEEST: --rateest-interval is at most 8 s");
    if (badLog(log))
      fail("RATEEST: --rateest-ewmalog must be some 1.5 intervals at least, and less than 2^29");
  },
});
