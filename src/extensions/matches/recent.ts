import { type AddressBytes, cstring, inetAddr, struct, u8, u32 } from "../../codec/struct.js";
import { lastOf, match } from "../define.js";
import { address, text, uint } from "../kinds.js";
import {
  always,
  fail,
  flags,
  type Has,
  type Kind,
  type Option,
  selected,
  surface,
  unless,
} from "../option.js";
import { revision } from "../revision.js";

const info = struct("xt_recent_mtinfo_v1", "linux/netfilter/xt_recent.h", {
  seconds: u32,
  hitCount: u32,
  checkSet: u8,
  invert: u8,
  name: cstring(200, 199),
  side: u8,
  mask: inetAddr,
});
const action = selected("checkSet", { mask: 0x0f, inverted: "invert" }),
  flag = flags("checkSet"),
  side = selected("side");
const FULL = { ipv4: "255.255.255.255", ipv6: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" } as const;

const isFull = (b: Uint8Array, at: number): boolean => b.subarray(at, at + 16).every((byte) => byte === 255);

/**
 * Where none is given, all of the union is set; an IPv4 mask that is given fills its own four bytes only, even where it is
 * full. iptables-save prints both alike. Read as a host, so that a bare number is an address: 24 is 0.0.0.24.
 */
const kind = address("mask", "host");
const mask: Option<Has<"mask", AddressBytes>, string, false> = {
  negatable: false,
  ...surface(kind),
  implied: (value) => value === FULL.ipv6,
  unsaid: ({ family }) => FULL[family],
  bind({ mask: slot }) {
    const { load, store } = kind.bind({ mask: slot });
    return {
      init: (b, o) => b.fill(255, o + slot.at, o + slot.at + slot.size),
      set(b, o, value, ctx) {
        b.fill(0, o + slot.at, o + slot.at + slot.size);
        store(b, o, value as string, ctx);
      },
      get: (b, o, ctx) => (isFull(b, o + slot.at) ? undefined : load(b, o, ctx)),
    };
  },
};

/** iptables-save says 2^31 and more as numbers below zero. */
const signed = <F extends string>(field: F, min = 0): Kind<Has<F>, number> => ({
  ...uint(field, 0xffff_ffff, min),
  print: (n) => `${n | 0}`,
  wordsOf: (n) => [`${n}`],
});
const BEFORE = {
  /** Puts the address on the list, or notes that it was seen again. Negated it never matches. */
  set: action(0x2),
  /** Whether the address is on the list. */
  rcheck: action(0x1),
  /** The same, and notes that it was seen again. */
  update: action(0x4),
  /** Whether the address was on the list, from which it is taken. */
  remove: action(0x8),
  /** Only if it was seen within so many seconds, from 1. Beside `rcheck` and `update`. */
  seconds: unless(0, signed("seconds", 1)),
  /** Entries older than `seconds` are forgotten. */
  reap: flag(0x20),
  /**
   * Only if it was seen so many times, within `seconds` if they are given: 0 to 65535 by the kernel. A list
   * remembers as many as the rule with the largest count wants.
   */
  hitcount: unless(0, signed("hitCount")),
  /** Only if the TTL is that of the packet which put it on the list. Beside `rcheck` and `update`. */
  rttl: flag(0x10),
  /** The list's name in /proc/net/xt_recent, 1 to 199 bytes. Default `DEFAULT`. */
  name: always("DEFAULT", text("name", { max: 199, cut: true })),
};
const AFTER = {
  /** By the source address, which is the default. */
  rsource: side(0),
  /** By the destination address. */
  rdest: side(1),
};
/** Without a mask: every bit of the address counts. */
const info0 = struct("xt_recent_mtinfo", "linux/netfilter/xt_recent.h", {
  seconds: u32,
  hitCount: u32,
  checkSet: u8,
  invert: u8,
  name: cstring(200, 199),
  side: u8,
});

/**
 * `-m recent`: lists of addresses that packets were seen from. Exactly one of `set`, `rcheck`, `update` and `remove`.
 *
 * @example recent({ name: "ssh", update: true, seconds: 60, hitcount: 4 })
 */
export const recent = match("recent", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info: info0, options: { ...BEFORE, ...AFTER } })],
  options: {
    ...BEFORE,
    /** An address of which the bits count, as `255.255.255.0`. Default: all bits. */
    mask,
    ...AFTER,
  },
  merge: lastOf("rsource", "rdest"),
  check: (o) => {
    if ([o.set, o.rcheck, o.update, o.remove].filter(Boolean).length !== 1)
      fail("recent: exactly one of --set, --rcheck, --update, --remove");
    if (o.rttl && !o.rcheck && !o.update) fail("recent: --rttl may only be used with --rcheck or --update");
    if (o.reap && o.seconds === undefined) fail("recent: --reap also requires --seconds");
  },
});
