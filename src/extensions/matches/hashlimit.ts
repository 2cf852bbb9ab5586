import { cstring, kernelPointer, type Slots, struct, u8, u32, u64, type Wide } from "../../codec/struct.js";
import type { Options } from "../../model/rule.js";
import { parsePrefix } from "../address-words.js";
import { match } from "../define.js";
import type { Context } from "../extension.js";
import { bitset, integer, text, uint } from "../kinds.js";
import {
  always,
  depending,
  fail,
  flags,
  type Has,
  type Kind,
  type Option,
  printedIf,
  required,
  selected,
  unless,
} from "../option.js";
import { parseRate, period, type Rate, rateOf, UNITS, type Unit } from "../rate.js";
import { revision } from "../revision.js";

const HEADER = "linux/netfilter/xt_hashlimit.h";
/** What is called otherwise in C. */
const CONFIGURED = {
  avg: "cfg.avg",
  burst: "cfg.burst",
  mode: "cfg.mode",
  size: "cfg.size",
  max: "cfg.max",
  gcInterval: "cfg.gc_interval",
  expire: "cfg.expire",
  srcMask: "cfg.srcmask",
  dstMask: "cfg.dstmask",
} as const;
const FIRST = {
  name: cstring(255, 254),
  avg: u64,
  burst: u64,
  mode: u32,
  size: u32,
  max: u32,
  gcInterval: u32,
  expire: u32,
} as const;
const LAST = {
  srcMask: u8,
  dstMask: u8,
  hinfo: kernelPointer,
} as const;
const info = struct(
  "xt_hashlimit_mtinfo3",
  HEADER,
  {
    ...FIRST,
    interval: u32,
    ...LAST,
  },
  { ...CONFIGURED, interval: "cfg.interval" },
);
/** A `u32` that shares its kinds with the wider fields of later revisions. */
const narrow = u32 as unknown as typeof u64;
/** Periods are counted in ten-thousandths of a second. */
const info1 = struct(
  "xt_hashlimit_mtinfo1",
  HEADER,
  {
    name: cstring(16, 15),
    mode: u32,
    avg: narrow,
    burst: narrow,
    size: u32,
    max: u32,
    gcInterval: u32,
    expire: u32,
    ...LAST,
  },
  CONFIGURED,
);
/** Without --hashlimit-rate-match. */
const info2 = struct(
  "xt_hashlimit_mtinfo2",
  HEADER,
  {
    ...FIRST,
    ...LAST,
  },
  CONFIGURED,
);
/** XT_HASHLIMIT_SCALE_v2 */
const SCALE = 1_000_000,
  OLD_SCALE = 10_000,
  ABOVE = 0x10,
  BYTES = 0x20,
  RATE_MATCH = 0x40;
const MODES = { srcip: 4, srcport: 8, dstip: 1, dstport: 2 } as const;

const SIZES = [
  ["mb", 1 << 20],
  ["kb", 1 << 10],
  ["b", 1],
] as const;
/** Bytes: `512kb`. */
export type Size = `${number}${"b" | "kb" | "mb"}`;
export type AnyRate = Rate | `${Size}/s`;

function bytesIn(word: string): number {
  const [, n, unit] = /^\s*\+?(\d+)([kmg]?b)$/.exec(word) ?? fail(`bad size "${word}"`);
  // iptables has no gigabytes, but takes the word for bytes.
  return Number(n) * (SIZES.find(([name]) => name === unit)?.[1] ?? 1);
}
function sizeText(bytes: number): Size {
  const [unit, n] = SIZES.find(([, size]) => bytes >= size && bytes % size === 0) ?? SIZES[2];
  return `${bytes / n}${unit}`;
}
function roundSize(bytes: number): Size {
  const [unit, n] = SIZES.find(([, size]) => bytes >= size) ?? SIZES[2];
  return `${Math.floor(bytes / n)}${unit}`;
}
const LARGEST = 0xffff_ffff;
/** Sixteen bytes are one unit, and what is stored is the period of a unit: many rates share one. */
const bytePeriod = (perSecond: number): number => Math.floor(LARGEST / (Math.floor(perSecond / 16) + 1));
/** What `avg` stands for, to the byte. */
const bytesOf = (avg: number): number => (Math.floor(LARGEST / avg) - 1) * 16;
/** The roundest rate that is stored as `avg`. */
function byteRate(avg: number): number {
  const bytes = bytesOf(avg);
  for (const [, unit] of SIZES) {
    const round = Math.floor(bytes / unit) * unit;
    if (round > 0 && round <= LARGEST && bytePeriod(round) === avg) return round;
  }
  return bytes;
}
const canonicalRate = (avg: number): AnyRate => `${sizeText(byteRate(avg))}/s`;
/** Less than a unit: printed, but not taken back. */
const SLOWEST: AnyRate = "0b/s";
const exact = (value: Wide): number =>
  typeof value === "number" ? value : fail(`hashlimit: ${value} is more than any rate or burst`);

type Limits = Record<"avg" | "burst", Wide> & Has<"mode">;
const rateKind = (scale: number): Kind<Omit<Limits, "burst">, AnyRate> => ({
  parse: ([word = ""]) => {
    const [, size] = /^(.*b)\/s(?:ec|econd)?$/.exec(word) ?? [];
    if (size !== undefined) {
      const perSecond = bytesIn(size) || fail(`bad rate "${word}"`);
      return canonicalRate(bytePeriod(perSecond) || fail(`rate ${word} is too fast`));
    }
    const parsed = parseRate(word);
    period(parsed, scale);
    return parsed;
  },
  print: (value) => value,
  wordsOf: (value) => [value === SLOWEST ? "1b/s" : value],
  bind: ({ avg, mode }) => ({
    store(b, o, value) {
      if (!value.endsWith("b/s")) return avg.set(b, o, period(value as Rate, scale));
      avg.set(b, o, bytePeriod(bytesIn(value.slice(0, -2))));
      mode.set(b, o, mode.get(b, o) | BYTES);
    },
    load(b, o) {
      const stored = exact(avg.get(b, o));
      if (!(mode.get(b, o) & BYTES)) return rateOf(stored, scale);
      return stored > 0 ? canonicalRate(stored) : fail("hashlimit: a rate without a period");
    },
  }),
});
/** A burst as it is stored: packets, or bytes as a multiple of the rate whose period is `avg`. */
function stored(burst: number | Size, avg: number | undefined): number {
  if (avg === undefined)
    return typeof burst === "number" ? burst : fail("hashlimit: a burst in bytes needs a rate in bytes");
  if (burst === 0) return 0;
  const rate = bytesOf(avg),
    bytes = typeof burst === "number" ? burst : bytesIn(burst);
  if (rate === 0) fail("hashlimit: a burst needs a rate of 16b/s or more");
  return bytes >= rate ? Math.ceil(bytes / rate) : fail(`hashlimit: burst cannot be smaller than ${rate}b`);
}
/** Packets, or bytes as a multiple of the rate. */
const burst: Kind<Limits, number | Size> = {
  parse: ([word = ""]) => (word.endsWith("b") ? sizeText(bytesIn(word)) : integer(word, 1_000_000, 1)),
  // iptables says the largest unit that fits, and forgets the rest.
  print: (value) => (typeof value === "number" ? `${value}` : roundSize(bytesIn(value))),
  wordsOf: (value) => [String(value)],
  bind: ({ avg, burst: count, mode }) => ({
    store(b, o, value) {
      count.set(b, o, stored(value, mode.get(b, o) & BYTES ? exact(avg.get(b, o)) : undefined));
    },
    load(b, o) {
      const times = exact(count.get(b, o));
      return mode.get(b, o) & BYTES ? sizeText(times * bytesOf(exact(avg.get(b, o)))) : times;
    },
  }),
};

const rateIn = (o: Options): AnyRate => (o.hashlimitUpto ?? o.hashlimitAbove ?? "1/sec") as AnyRate;
const inBytes = (o: Options): boolean => rateIn(o).endsWith("b/s");
/** How long an idle entry is kept follows from the unit of the rate. */
function lifetime(o: Options): number {
  if (inBytes(o)) return o.hashlimitBurst === undefined ? 15_000 : 60_000;
  return UNITS[rateIn(o).split("/")[1] as Unit] * 1000;
}
const HOLES = 255;
const fullMask = (_: Options, { family }: Context): number => (family === "ipv4" ? 32 : 128);

const limit = selected("mode", { mask: ABOVE }),
  flag = flags("mode");
const hasBurst = depending(
  {
    last: true,
    shown:
      ({ mode, burst }: Slots<Limits>) =>
      (b, o) =>
        !(mode.get(b, o) & BYTES && burst.get(b, o) === 0),
  },
  always((o) => (inBytes(o) ? 0 : 5), burst),
);
const NO_MODES: readonly (keyof typeof MODES)[] = [];
const modeWords = bitset("mode", MODES, { fold: (word) => word }),
  modes: typeof modeWords = {
    ...modeWords,
    // Nothing between two commas is nothing.
    parse([word = ""], ctx) {
      const some = word.split(",").filter(Boolean);
      return some.length > 0 ? modeWords.parse([some.join(",")], ctx) : NO_MODES;
    },
  };

/** Shares its field with other bits. */
function orInto<V>(kind: Kind<Has<"mode">, V>): Kind<Has<"mode">, V> {
  return {
    ...kind,
    bind(slots) {
      const { store, load } = kind.bind(slots);
      return {
        load,
        store(b, o, value, ctx) {
          const was = slots.mode.get(b, o);
          store(b, o, value, ctx);
          slots.mode.set(b, o, slots.mode.get(b, o) | was);
        },
      };
    },
  };
}

const limits = (scale: number) => ({
  /**
   * Matches while the rate is not above this: packets as `5/sec`, `/min`, `/hour`, `/day`, or bytes as
   * `512kb/s`.
   */
  hashlimitUpto: limit(0, rateKind(scale)),
  /** Matches while the rate is above this, likewise. */
  hashlimitAbove: limit(ABOVE, rateKind(scale)),
});
/** By its length, or as an address; one with holes is stored as 255, and no kernel takes it. */
const maskBits = <F extends string>(field: F): Kind<Has<F>, number> => ({
  ...uint(field, HOLES),
  edges: ["0", "1", "31", "32", "33", "64", "128", "129", "255.255.0.0", "255.0.255.0", "ffff::"],
  parse: ([word = ""], { family }) => parsePrefix(word, family) ?? HOLES,
});
const mask = <F extends string>(field: F): Option<Has<F>, number, false> => ({
  ...unless(fullMask, maskBits(field)),
  canonical: (value) => integer(`${value}`, HOLES),
});
const COMMON = {
  /**
   * How much may come at once before the rate counts: packets, 5 unless given; beside a rate in bytes an amount of them,
   * as `1mb`, none unless given.
   */
  hashlimitBurst: hasBurst,
  /** What is counted apart. Default: nothing, one rate for all. */
  hashlimitMode: unless(NO_MODES, orInto(modes)),
  /** The table's name in /proc/net/ipt_hashlimit, 1 to 254 bytes. Rules with the same name share it. */
  hashlimitName: required(text("name", { min: 1, max: 254, cut: true })),
  /** Number of buckets. Default 0: the kernel chooses by the memory there is. */
  hashlimitHtableSize: unless(0, uint("size", 0xffff_ffff)),
  /** Number of entries at most. Default 0: eight times the buckets. */
  hashlimitHtableMax: unless(0, uint("max", 0xffff_ffff)),
  /** Milliseconds from one search for expired entries to the next. Default 1000. */
  hashlimitHtableGcinterval: unless(1000, uint("gcInterval", 0xffff_ffff)),
  /** Milliseconds until an unused entry goes. Default: as long as a unit of the rate, 10000 beside bytes. */
  hashlimitHtableExpire: unless(lifetime, uint("expire", 0xffff_ffff)),
  /** Leading bits of the source address that count: 0 to 32, IPv6 to 128. Default: all. */
  hashlimitSrcmask: mask("srcMask"),
  /** Leading bits of the destination address that count, likewise. */
  hashlimitDstmask: mask("dstMask"),
};

/** Seconds, of which iptables reads the digits that come first, into an int. */
const interval: Kind<Has<"interval">, number> = {
  ...uint("interval", LARGEST, 1),
  parse([word = ""]) {
    const digits = /^\s*\+?(\d+)/.exec(word)?.[1] ?? fail(`"${word}" is no number of seconds`),
      long = BigInt(digits) < 2n ** 63n ? BigInt(digits) : -1n,
      seconds = Number(BigInt.asIntN(32, long));
    return seconds > 0 ? seconds : fail(`"${word}" is no number of seconds`);
  },
};
interface Limited {
  readonly hashlimitUpto?: AnyRate;
  readonly hashlimitAbove?: AnyRate;
  readonly hashlimitRateMatch?: true;
  readonly hashlimitRateInterval?: number;
  readonly hashlimitHtableExpire?: number;
}
/** Where only the rate is compared, its unit becomes the interval, and how long an entry is kept. */
function perInterval<O extends Limited>(o: O): O {
  const rate = rateIn(o as Options);
  if (!o.hashlimitRateMatch || rate.endsWith("b/s") || rate.endsWith("/sec")) return o;
  const [packets, unit] = rate.split("/") as [string, Unit],
    key = o.hashlimitUpto === undefined ? "hashlimitAbove" : "hashlimitUpto";
  return {
    ...o,
    [key]: `${packets}/sec`,
    hashlimitRateInterval: o.hashlimitRateInterval ?? UNITS[unit],
    hashlimitHtableExpire: o.hashlimitHtableExpire ?? UNITS[unit] * 1000,
  };
}

/**
 * `-m hashlimit`: a rate for each address, port or pair of them. `hashlimitName`, and one of `hashlimitUpto` and
 * `hashlimitAbove`.
 *
 * @example hashlimit({ hashlimitName: "ssh", hashlimitMode: ["srcip"], hashlimitAbove: "3/min", hashlimitBurst: 5 })
 */
export const hashlimit = match("hashlimit", {
  revision: 3,
  info,
  revisions: [
    revision({ revision: 1, info: info1, options: { ...limits(OLD_SCALE), ...COMMON } }),
    revision({ revision: 2, info: info2, options: { ...limits(SCALE), ...COMMON } }),
  ],
  need: ["hashlimitName"],
  options: {
    ...limits(SCALE),
    ...COMMON,
    /** Compares the measured rate, without a bucket of tokens. */
    hashlimitRateMatch: flag(RATE_MATCH),
    /** Seconds over which it is measured, from 1. Default 1. Beside `hashlimitRateMatch`. */
    hashlimitRateInterval: printedIf(
      (o) => o.hashlimitRateMatch === true,
      unless((o) => (o.hashlimitRateMatch ? 1 : 0), interval),
    ),
  },
  aliases: {
    "--hashlimit": ["--hashlimit-upto"],
    "! --hashlimit-upto": ["--hashlimit-above"],
    "! --hashlimit-above": ["--hashlimit-upto"],
    "! --hashlimit": ["--hashlimit-above"],
  },
  resolve: perInterval,
  check: (o) => {
    if ((o.hashlimitUpto === undefined) === (o.hashlimitAbove === undefined))
      fail("hashlimit: exactly one of --hashlimit-upto and --hashlimit-above must be specified");
    if (o.hashlimitBurst !== undefined)
      stored(o.hashlimitBurst, inBytes(o) ? bytePeriod(bytesIn(rateIn(o).slice(0, -2))) : undefined);
  },
});
