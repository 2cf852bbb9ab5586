import { inner, innerSlots, type Slots, struct, u8, u32, u64, type Wide } from "../../codec/struct.js";
import { isNot, type Not } from "../../model/rule.js";
import { match } from "../define.js";
import { INVERT, type Reference, type SetReference, setNamed, setReference } from "../ipset.js";
import { wideInteger } from "../kinds.js";
import { fail, flags, type Has, type Option } from "../option.js";
import { revision } from "../revision.js";

const counter = struct("ip_set_counter_match", "linux/netfilter/ipset/ip_set.h", { value: u64, op: u8 });
const info = struct(
  "xt_set_info_match_v4",
  "linux/netfilter/xt_set.h",
  { match: setReference, packets: inner(counter), bytes: inner(counter), flags: u32 },
  { match: "match_set" },
);
type Counter = Slots<{ value: Wide; op: number }>;
const EQ = 1,
  NE = 2,
  LT = 3,
  GT = 4;
const flag = flags("flags");

/** The negation bit lives in the reference itself. */
function negatableSet(): Option<Has<"match", Reference>, SetReference, true> {
  const { words = 2, bind, ...kind } = setNamed("match");
  return {
    ...kind,
    words,
    negatable: true,
    bind(slots) {
      const { store, load } = bind(slots),
        { flags } = innerSlots(slots.match);
      return {
        set(b, o, value, ctx) {
          if (isNot(value)) flags.set(b, o, INVERT);
          store(b, o, isNot(value) ? value.not : value, ctx);
        },
        get(b, o, ctx) {
          const value = load(b, o, ctx);
          return flags.get(b, o) & INVERT ? { not: value } : value;
        },
      };
    },
  };
}

/** One operator and one number: the operator is part of the option's name, and "not equal" is one of them. */
function counts<F extends "packets" | "bytes">(field: F, op: number): Option<Has<F, Counter>, Wide, false>;
function counts<F extends "packets" | "bytes">(
  field: F,
  op: number,
  negated: number,
): Option<Has<F, Counter>, Wide, true>;
function counts(field: string, op: number, negated?: number): Option<Record<string, Counter>, Wide, boolean> {
  return {
    negatable: negated !== undefined,
    words: 1,
    parse: ([word = ""]) => wideInteger(word),
    print: String,
    bind(slots) {
      const { op: operator, value } = innerSlots(slots[field]!);
      return {
        set(b, o, v) {
          operator.set(b, o, isNot(v) ? negated! : op);
          value.set(b, o, isNot(v) ? v.not : v);
        },
        get(b, o): Wide | Not<Wide> | undefined {
          const is = operator.get(b, o);
          return is === op ? value.get(b, o) : is === negated ? { not: value.get(b, o) } : undefined;
        },
      };
    },
  };
}

/** A bit that exists only as `! --option`. */
const refused = (mask: number): Option<Has<"flags">, true, true> => ({
  negatable: true,
  words: 0,
  implied: (value) => !isNot(value),
  print: () => "",
  parse: () => true,
  bind: ({ flags }) => ({
    set(b, o, value) {
      if (isNot(value)) flags.set(b, o, flags.get(b, o) | mask);
    },
    get: (b, o) => (flags.get(b, o) & mask ? { not: true } : undefined),
  }),
});

const HEADER = "linux/netfilter/xt_set.h";
const info1 = struct("xt_set_info_match_v1", HEADER, { match: setReference }, { match: "match_set" });
/** Revision 2 knew one bit more, in the reference itself. */
const NOMATCH = 0x80;
const returnNomatch: Option<Has<"match", Reference>, true, false> = {
  negatable: false,
  words: 0,
  parse: () => true,
  print: () => "",
  bind({ match }) {
    const { flags } = innerSlots(match);
    return {
      set: (b, o) => flags.set(b, o, flags.get(b, o) | NOMATCH),
      get: (b, o) => (flags.get(b, o) & NOMATCH ? true : undefined),
    };
  },
};
/** The operator stands before the number. */
const counter0 = struct("ip_set_counter_match0", "linux/netfilter/ipset/ip_set.h", { op: u8, value: u64 });
const info3 = struct(
  "xt_set_info_match_v3",
  HEADER,
  { match: setReference, packets: inner(counter0), bytes: inner(counter0), flags: u32 },
  { match: "match_set" },
);
const matchSet = negatableSet(),
  COUNTED = {
    /** The set, and for each of its dimensions whether the packet's source or destination is looked up. */
    matchSet,
    /** Entries that were added with `nomatch` match. */
    returnNomatch: flag(0x80),
    /** `{ not: true }`: the entry's counters stay as they are. */
    updateCounters: refused(0x8),
    /** `{ not: true }`: of a list:set, the counters of its members stay as they are. */
    updateSubcounters: refused(0x10),
    /** The entry has counted so many packets. Of each counter one comparison. The set needs `counters`. */
    packetsEq: counts("packets", EQ, NE),
    /** Fewer packets. */
    packetsLt: counts("packets", LT),
    /** More packets. */
    packetsGt: counts("packets", GT),
    /** The entry has counted so many bytes. */
    bytesEq: counts("bytes", EQ, NE),
    /** Fewer bytes. */
    bytesLt: counts("bytes", LT),
    /** More bytes. */
    bytesGt: counts("bytes", GT),
  };

/**
 * `-m set`: whether the packet is in an ipset. The set must be there when the rule is written.
 *
 * @example set({ matchSet: { set: "blocked", by: ["src"] } })
 */
export const set = match("set", {
  revision: 4,
  info,
  revisions: [
    revision({ revision: 1, info: info1, options: { matchSet } }),
    revision({ revision: 2, info: info1, options: { matchSet, returnNomatch } }),
    revision({ revision: 3, info: info3, options: COUNTED }),
  ],
  local: true,
  need: ["matchSet"],
  options: COUNTED,
  aliases: { "--set": ["--match-set"] },
  check: (o) => {
    const given = (...all: readonly unknown[]): number => all.filter((one) => one !== undefined).length;
    if (given(o.packetsEq, o.packetsLt, o.packetsGt) > 1)
      fail("set: only one of --packets-eq, --packets-lt and --packets-gt is allowed");
    if (given(o.bytesEq, o.bytesLt, o.bytesGt) > 1)
      fail("set: only one of --bytes-eq, --bytes-lt and --bytes-gt is allowed");
  },
});
