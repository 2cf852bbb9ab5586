import { cstring, kernelPointer, struct, u16, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { bitset, integer, text } from "../kinds.js";
import { fail, flags, type Has, type Kind, printedIf, selected, unless } from "../option.js";
import { revision } from "../revision.js";

const info = struct("xt_ct_target_info_v1", "linux/netfilter/xt_CT.h", {
  flags: u16,
  zone: u16,
  ctEvents: u32,
  expEvents: u32,
  helper: cstring(16),
  timeout: cstring(32),
  ct: kernelPointer,
});
const EVENT = {
  new: 1,
  related: 2,
  destroy: 4,
  reply: 8,
  assured: 16,
  protoinfo: 32,
  helper: 64,
  mark: 128,
  natseqinfo: 256,
  secmark: 512,
} as const;
/** XT_CT_* */
const NOTRACK = 0x1,
  NOTRACK_ALIAS = 0x2,
  ORIGINAL = 0x4,
  REPLY = 0x8,
  ZONE_MARK = 0x10;
const asTyped = { fold: (word: string): string => word };
const NO_EVENTS: readonly (keyof typeof EVENT)[] = [],
  NO_EXPECTATIONS: readonly "new"[] = [];

/** A number, or the packet's mark. Zone 0 in both directions is no zone at all. */
const zone = (zero: 0 | undefined): Kind<Has<"flags" | "zone">, number | "mark"> => ({
  parse: ([word = ""]) => (word.toLowerCase() === "mark" ? "mark" : integer(word, 0xffff)),
  print: String,
  bind: ({ flags, zone }) => ({
    store(b, o, value) {
      if (value === "mark") flags.set(b, o, flags.get(b, o) | ZONE_MARK);
      else zone.set(b, o, value);
    },
    load: (b, o) => (flags.get(b, o) & ZONE_MARK ? "mark" : zone.get(b, o) || (zero as 0)),
  }),
});
const flag = flags("flags"),
  direction = selected("flags", { mask: ORIGINAL | REPLY });

const info0 = struct("xt_ct_target_info", "linux/netfilter/xt_CT.h", {
  flags: u16,
  zone: u16,
  ctEvents: u32,
  expEvents: u32,
  helper: cstring(16),
  ct: kernelPointer,
});
/** Before zones had directions, and timeouts names. */
const FIRST = {
  notrack: flag(NOTRACK),
  helper: unless("", text("helper", { max: 15, cut: true })),
  ctevents: unless(NO_EVENTS, bitset("ctEvents", EVENT, asTyped)),
  expevents: unless(NO_EXPECTATIONS, bitset("expEvents", { new: 1 }, asTyped)),
  zone: direction(0, zone(undefined)),
};

const ZONES = ["zoneOrig", "zoneReply", "zone"] as const;
type Zone = (typeof ZONES)[number];

/**
 * `-j CT`, in raw only: how a packet's connection is tracked.
 *
 * @example ct({ helper: "ftp" })
 */
export const ct = target("CT", {
  revision: 2,
  info,
  revisions: [
    revision({ revision: 0, info: info0, options: FIRST }),
    revision({
      revision: 1,
      info,
      options: { ...FIRST, timeout: unless("", text("timeout", { max: 31 })) },
    }),
  ],
  options: {
    /** The packet is not tracked: its state is UNTRACKED. */
    notrack: flag(NOTRACK),
    /**
     * The helper that follows this connection, as `ftp`; 1 to 15 bytes. The kernel must have it when the rule
     * is written.
     */
    helper: unless("", text("helper", { max: 15, cut: true })),
    /**
     * The timeout policy of this connection, made with `nfct add timeout`; 1 to 31 bytes. It must be there when the rule is
     * written. The kernel gives back the first four bytes of the name only (seen with 6.18), so have a short one.
     */
    timeout: unless("", text("timeout", { max: 31, cut: true })),
    /** Only these events of the connection are told to listeners. Default: all. */
    ctevents: unless(NO_EVENTS, bitset("ctEvents", EVENT, asTyped)),
    /** Only these events of expected connections are told. Default: all. */
    expevents: unless(NO_EXPECTATIONS, bitset("expEvents", { new: 1 }, asTyped)),
    /** The zone for the packets' own direction, 0 to 65535, or `mark`: the packet's mark. */
    zoneOrig: printedIf((o) => o.zoneOrig !== 0, direction(ORIGINAL, zone(0))),
    /** The zone for the answers, likewise. */
    zoneReply: printedIf((o) => o.zoneReply !== 0, direction(REPLY, zone(0))),
    /** The zone for both directions, likewise: the same addresses may occur once in each zone. Default 0. */
    zone: direction(0, zone(undefined)),
  },
  objects: ({ helper, timeout }) => [
    ...(helper === undefined ? [] : [{ kind: "conntrack helper", name: helper } as const]),
    ...(timeout === undefined ? [] : [{ kind: "conntrack timeout", name: timeout } as const]),
  ],
  // The last number counts, in the direction that any of them said.
  merge(options) {
    const { zone: _, zoneOrig, zoneReply, ...rest } = options,
      given = ZONES.filter((key) => options[key] !== undefined);
    if (given.length < 2) return options;
    if (zoneOrig !== undefined && zoneReply !== undefined)
      fail("CT: --zone-orig and --zone-reply cannot be used together");
    const last = Object.keys(options).findLast((key) => (given as string[]).includes(key)) as Zone,
      value = options[last]!;
    return zoneOrig !== undefined ? { ...rest, zoneOrig: value } : { ...rest, zoneReply: value };
  },
});
/**
 * `-j NOTRACK`, in raw only: what `ct({ notrack: true })` was called once; a second bit says which name was typed.
 *
 * @example notrack()
 */
export const notrack = target("NOTRACK", {
  revision: 2,
  info,
  revisions: [revision({ revision: 0, info: struct({}), wire: "NOTRACK", options: {} })],
  faceOf: { name: "CT", field: "flags", mask: NOTRACK | NOTRACK_ALIAS },
  options: {},
});
