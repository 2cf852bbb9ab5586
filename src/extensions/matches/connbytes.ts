import { inner, innerSlots, type Slots, struct, u8, u64, type Wide } from "../../codec/struct.js";
import { isNot, type Not } from "../../model/rule.js";
import { match } from "../define.js";
import { isLess, wideInteger } from "../kinds.js";
import { oneOf } from "../kinds-choice.js";
import { fail, type Has, type Option, required } from "../option.js";

const counts = struct({ from: u64, to: u64 });
const info = struct("xt_connbytes_info", "linux/netfilter/xt_connbytes.h", {
  count: inner(counts),
  what: u8,
  direction: u8,
});
const LARGEST = "18446744073709551615";
/** At least so many, or both ends of a range. */
type Count = Wide | readonly [from: Wide, to: Wide];
type Counts = Slots<{ from: Wide; to: Wide }>;

const ends = (value: Count): readonly [from: Wide, to: Wide] =>
  typeof value === "object" ? value : [value, LARGEST];
const between = (from: Wide, to: Wide): Count => (to === LARGEST ? from : [from, to]);
const wide = (word: string): Wide => (word === "" ? 0 : wideInteger(word));

/** A range that is negated is stored with its ends exchanged; one of equal ends therefore loses its `!`, as in iptables. */
const connbytesRange: Option<Has<"count", Counts>, Count, true> = {
  negatable: true,
  words: 1,
  parse([word = ""]) {
    const [low = "", high, more] = word.split(":");
    if (more !== undefined) fail(`"${word}" has more than two ends`);
    const from = wide(low),
      to = high === undefined || high === "" ? LARGEST : wideInteger(high);
    return isLess(to, from) ? fail(`${from} should be less than ${to}`) : between(from, to);
  },
  print(value) {
    const [from, to] = ends(value);
    return to === LARGEST || to === 0 ? `${from}` : `${from}:${to}`;
  },
  wordsOf: (value) => [ends(value).join(":")],
  bind(slots) {
    const { from, to } = innerSlots(slots.count);
    return {
      set(b, o, value) {
        const [low, high] = ends(isNot(value) ? value.not : value);
        from.set(b, o, isNot(value) ? high : low);
        to.set(b, o, isNot(value) ? low : high);
      },
      get(b, o): Count | Not<Count> {
        const low = from.get(b, o),
          high = to.get(b, o);
        return isLess(high, low) ? { not: between(high, low) } : between(low, high);
      },
    };
  },
};

/**
 * `-m connbytes`: how much a connection has transferred so far. Counts only while net.netfilter.nf_conntrack_acct is on.
 *
 * @example connbytes({ connbytes: [0, 1_000_000], connbytesMode: "bytes", connbytesDir: "both" })
 */
export const connbytes = match("connbytes", {
  revision: 0,
  info,
  need: ["connbytes", "connbytesDir", "connbytesMode"],
  options: {
    /** At least so much, or `[from, to]`; 0 to 18446744073709551615, above 2^53 - 1 as text. */
    connbytes: connbytesRange,
    /** What is counted: packets, bytes, or the bytes of an average packet. */
    connbytesMode: required(oneOf("what", { packets: 0, bytes: 1, avgpkt: 2 })),
    /** Which of the two directions counts. */
    connbytesDir: required(oneOf("direction", { original: 0, reply: 1, both: 2 })),
  },
});
