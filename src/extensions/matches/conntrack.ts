import { be16, inetAddr, struct, u8, u16, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { bitset, network, printRange, protocol, type Range, range, span } from "../kinds.js";
import { fail, flags, type Has, type Kind } from "../option.js";
import { wrappedPort } from "../ports.js";
import { revision } from "../revision.js";

const HEADER = "linux/netfilter/xt_conntrack.h";
const ADDRESSES = {
  origsrcAddr: inetAddr,
  origsrcMask: inetAddr,
  origdstAddr: inetAddr,
  origdstMask: inetAddr,
  replsrcAddr: inetAddr,
  replsrcMask: inetAddr,
  repldstAddr: inetAddr,
  repldstMask: inetAddr,
  expiresMin: u32,
  expiresMax: u32,
  l4proto: u16,
} as const;
export const info = struct("xt_conntrack_mtinfo3", HEADER, {
  ...ADDRESSES,
  origsrcPort: u16,
  origdstPort: u16,
  replsrcPort: u16,
  repldstPort: u16,
  matchFlags: u16,
  invertFlags: u16,
  stateMask: u16,
  statusMask: u16,
  origsrcPortHigh: u16,
  origdstPortHigh: u16,
  replsrcPortHigh: u16,
  repldstPortHigh: u16,
});
export const STATE = { INVALID: 1, NEW: 8, RELATED: 4, ESTABLISHED: 2, UNTRACKED: 256 } as const;
const STATUS = { EXPECTED: 1, SEEN_REPLY: 2, ASSURED: 4, CONFIRMED: 8, NONE: 0 } as const;
export const given = flags("matchFlags", "invertFlags");

/** Of a range that ends in 0, iptables says the beginning only. */
const ports = <A extends string, B extends string>(low: A, high: B): Kind<Has<A | B>, Range> => ({
  ...span(low, high, 0xffff, wrappedPort),
  wordsOf: (value) => [printRange(value)],
  print: (value) => printRange(typeof value !== "number" && value[1] === 0 ? value[0] : value),
});

/** One port each, in network order. */
const PORTS = {
  origsrcPort: be16,
  origdstPort: be16,
  replsrcPort: be16,
  repldstPort: be16,
  matchFlags: u16,
  invertFlags: u16,
} as const;
const info1 = struct("xt_conntrack_mtinfo1", HEADER, {
    ...ADDRESSES,
    ...PORTS,
    stateMask: u8,
    statusMask: u8,
  }),
  info2 = struct("xt_conntrack_mtinfo2", HEADER, {
    ...ADDRESSES,
    ...PORTS,
    stateMask: u16,
    statusMask: u16,
  });
const numbered = protocol("l4proto"),
  l4proto: typeof numbered = {
    ...numbered,
    parse(words, ctx) {
      const number = numbered.parse(words, ctx);
      return number !== 0 || ctx.profile.ctprotoZero ? number : fail("no connection has protocol 0");
    },
  };
const COMMON = {
  ctproto: given(0x2, l4proto),
  ctorigsrc: given(0x4, network("origsrcAddr", "origsrcMask")),
  ctorigdst: given(0x8, network("origdstAddr", "origdstMask")),
  ctreplsrc: given(0x10, network("replsrcAddr", "replsrcMask")),
  ctrepldst: given(0x20, network("repldstAddr", "repldstMask")),
  ctorigsrcport: given(0x100, range("origsrcPort", "origsrcPort", 0xffff)),
  ctorigdstport: given(0x200, range("origdstPort", "origdstPort", 0xffff)),
  ctreplsrcport: given(0x400, range("replsrcPort", "replsrcPort", 0xffff)),
  ctrepldstport: given(0x800, range("repldstPort", "repldstPort", 0xffff)),
  ctstatus: given(0x40, bitset("statusMask", STATUS)),
  ctexpire: given(0x80, span("expiresMin", "expiresMax", 0xffff_ffff)),
  ctdir: given.sign(0x1000, "ORIGINAL", "REPLY"),
};
const BYTE_STATE = { INVALID: 1, NEW: 8, RELATED: 4, ESTABLISHED: 2, SNAT: 64, DNAT: 128 } as const;

/**
 * `-m conntrack`: what connection tracking knows of the packet. At least one option.
 *
 * @example conntrack({ ctstate: ["ESTABLISHED", "RELATED"] })
 */
export const conntrack = match("conntrack", {
  revision: 3,
  info,
  need: "one",
  revisions: [
    revision({
      revision: 1,
      info: info1,
      options: { ctstate: given(0x1, bitset("stateMask", BYTE_STATE)), ...COMMON },
    }),
    revision({
      revision: 2,
      info: info2,
      options: { ctstate: given(0x1, bitset("stateMask", { ...STATE, SNAT: 64, DNAT: 128 })), ...COMMON },
    }),
  ],
  options: {
    /**
     * States, of which one must fit. `NEW`: the packet begins a connection; `ESTABLISHED`: it belongs to one
     * that has seen packets both ways; `RELATED`: it begins one that another expects, or is an ICMP error of
     * one; `INVALID`: it belongs to none; `UNTRACKED`: raw said not to track it; `SNAT`, `DNAT`: an address was
     * translated.
     */
    ctstate: given(0x1, bitset("stateMask", { ...STATE, SNAT: 64, DNAT: 128 }, { prefix: true })),
    /** The protocol of the connection, by number, 0 to 255; in text also by name. */
    ctproto: given(0x2, l4proto),
    /**
     * Source address of the connection's first direction, with or without a mask; bits of the host are kept.
     */
    ctorigsrc: given(0x4, network("origsrcAddr", "origsrcMask")),
    /** Destination address of the first direction, likewise. */
    ctorigdst: given(0x8, network("origdstAddr", "origdstMask")),
    /** Source address of the answers, likewise. */
    ctreplsrc: given(0x10, network("replsrcAddr", "replsrcMask")),
    /** Destination address of the answers, likewise. */
    ctrepldst: given(0x20, network("repldstAddr", "repldstMask")),
    /** Source port of the first direction, 0 to 65535, or `[from, to]`; a GRE key too. */
    ctorigsrcport: given(0x100, ports("origsrcPort", "origsrcPortHigh")),
    /** Destination port of the first direction, likewise. */
    ctorigdstport: given(0x200, ports("origdstPort", "origdstPortHigh")),
    /** Source port of the answers, likewise. */
    ctreplsrcport: given(0x400, ports("replsrcPort", "replsrcPortHigh")),
    /** Destination port of the answers, likewise. */
    ctrepldstport: given(0x800, ports("repldstPort", "repldstPortHigh")),
    /**
     * Statuses, of which one must fit. `EXPECTED`: another connection announced it; `SEEN_REPLY`: there were
     * packets both ways; `ASSURED`: it is not dropped early when the table is full; `CONFIRMED`: its first
     * packet has left this host; `NONE`: none of these.
     */
    ctstatus: given(0x40, bitset("statusMask", STATUS, { prefix: true })),
    /** Seconds until the connection is forgotten, 0 to 4294967295, or `[from, to]`. */
    ctexpire: given(0x80, span("expiresMin", "expiresMax", 0xffff_ffff)),
    /** Which way the packet goes: as the first one of the connection, or the other way. Default: both. */
    ctdir: given.sign(0x1000, "ORIGINAL", "REPLY"),
  },
});
