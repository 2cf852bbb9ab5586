import { kernelPointer, struct, u16, u32 } from "../../codec/struct.js";
import { isNot } from "../../model/rule.js";
import { match } from "../define.js";
import { floatIn } from "../floating.js";
import { integer, mapped, uint } from "../kinds.js";
import { always, depending, fail, required } from "../option.js";

/** The first word of the union is one or the other. */
const info = struct(
  "xt_statistic_info",
  "linux/netfilter/xt_statistic.h",
  { mode: u16, flags: u16, first: u32, packet: u32, count: u32, master: kernelPointer },
  { first: "u.random.probability", packet: "u.nth.packet", count: "u.nth.count" },
);
const MODES = ["random", "nth"] as const;
type Mode = (typeof MODES)[number];
const mode = mapped(
  "mode",
  (value: Mode) => MODES.indexOf(value),
  (n) => MODES[n] ?? fail(`statistic: mode ${n}`),
  {
    parse: (word) => MODES.find((one) => one === word) ?? fail(`bad mode "${word}"`),
    print: (value) => value,
  },
);

const UNIT = 0x8000_0000,
  PLACES = 11;
const rounded = (units: number): number => Number((units / UNIT).toFixed(PLACES));
/** Stored in units of 2^-31, printed to eleven places: the value is what those places say. */
const probability = mapped("first", (p: number) => Math.round(p * UNIT), rounded, {
  parse: (word) => {
    const [p, rest] = floatIn(word);
    return p >= 0 && p <= 1 && rest === ""
      ? rounded(Math.round(p * UNIT))
      : fail(`bad probability "${word}"`);
  },
  print: (p) => p.toFixed(PLACES),
});
/** Stored as the last packet of a round. */
const every = mapped(
  "first",
  (n: number) => n - 1,
  (n) => n + 1,
  { parse: (word) => integer(word, 0xffffffff, 1), print: String },
);

/**
 * `-m statistic`: some packets, by chance or by turns.
 *
 * @example statistic({ mode: "nth", every: 4, packet: 0 })
 */
export const statistic = match("statistic", {
  revision: 0,
  info,
  need: ["mode"],
  options: {
    /** `random`: each packet with a probability; `nth`: one in so many. */
    mode: required(mode),
    /** From 0 to 1, in steps of 2^-31. Beside `mode: "random"`. */
    probability: depending({ beside: (o) => o.mode === "random" }, required(probability, "flags", 1)),
    /** One packet of so many, 1 to 4294967295. Beside `mode: "nth"`. */
    every: depending({ beside: (o) => o.mode === "nth" }, required(every, "flags", 1)),
    /** Which of them, from 0 to `every` - 1. Default 0, which text must say. */
    packet: depending({ beside: (o) => o.mode === "nth" }, always(0, uint("packet", 0xffffffff))),
  },
  /** Packets left in the round; written for both modes, as iptables does. */
  finish:
    ({ first, packet, count }) =>
    (b, o) =>
      count.set(b, o, first.get(b, o) - packet.get(b, o)),
  check: (o) => {
    if (o.mode === "random") {
      if (o.probability === undefined) fail("statistic: --probability must be specified with mode random");
      if (o.every !== undefined || o.packet !== undefined)
        fail("statistic: --every and --packet are no options of mode random");
    } else {
      if (o.every === undefined || o.packet === undefined)
        fail("statistic: --every and --packet must be specified with mode nth");
      if (o.probability !== undefined) fail("statistic: --probability is not an option of mode nth");
      if ((isNot(o.every) ? o.every.not : o.every) <= o.packet)
        fail("statistic: --packet must be less than --every");
    }
  },
});
