import type { Family } from "../model/family.js";

/** Where `struct ipt_entry` and `struct ip6t_entry` keep things (linux/netfilter_ipv4/ip_tables.h, …_ipv6/ip6_tables.h). */
export interface EntryLayout {
  readonly size: number;
  readonly address: 4 | 16;
  readonly source: number;
  readonly destination: number;
  readonly sourceMask: number;
  readonly destinationMask: number;
  readonly inName: number;
  readonly outName: number;
  readonly inMask: number;
  readonly outMask: number;
  readonly protocol: number;
  readonly flags: number;
  readonly inverted: number;
  readonly target: number;
  readonly next: number;
  readonly comefrom: number;
  readonly counters: number;
  /** Bits of `flags`. */
  readonly goto: number;
  readonly known: number;
}
export const ENTRY: Readonly<Record<Family, EntryLayout>> = {
  ipv4: {
    size: 112,
    address: 4,
    source: 0,
    destination: 4,
    sourceMask: 8,
    destinationMask: 12,
    inName: 16,
    outName: 32,
    inMask: 48,
    outMask: 64,
    protocol: 80,
    flags: 82,
    inverted: 83,
    target: 88,
    next: 90,
    comefrom: 92,
    counters: 96,
    goto: 0x2,
    known: 0x3,
  },
  ipv6: {
    size: 168,
    address: 16,
    source: 0,
    destination: 16,
    sourceMask: 32,
    destinationMask: 48,
    inName: 64,
    outName: 80,
    inMask: 96,
    outMask: 112,
    protocol: 128,
    flags: 131,
    inverted: 132,
    target: 140,
    next: 142,
    comefrom: 144,
    counters: 152,
    goto: 0x4,
    known: 0x5,
  },
};
/** The fixed part of a rule, in bytes. */
export const ENTRY_SIZE: Readonly<Record<Family, number>> = { ipv4: ENTRY.ipv4.size, ipv6: ENTRY.ipv6.size };

/** Bit 0 of the flags: IPv4 `-f`; IPv6 "a protocol was given". */
export const FRAGMENT = 0x1,
  PROTOCOL_GIVEN = 0x1;
/** IPT_INV_*, the same in both families. */
export const INVERTED = {
  inInterface: 0x1,
  outInterface: 0x2,
  source: 0x8,
  destination: 0x10,
  fragment: 0x20,
  protocol: 0x40,
} as const;
/** `struct xt_standard_target`: a header and a verdict, padded. */
export const STANDARD = 40;
