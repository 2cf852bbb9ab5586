import { array, inner, innerSlots, struct, u8, u16, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { integer, parseRange, portNumber, range } from "../kinds.js";
import { flags } from "../option.js";
import { chunkTypes } from "../sctp-chunks.js";

/** The header counts bytes where bits are meant: only the first eight hold chunk types. */
const WORDS = 64,
  FLAG_SLOTS = 4,
  UNUSED = 0xff;
const flagInfo = struct("xt_sctp_flag_info", "linux/netfilter/xt_sctp.h", {
  chunktype: u8,
  flag: u8,
  flagMask: u8,
});
const info = struct(
  "xt_sctp_info",
  "linux/netfilter/xt_sctp.h",
  {
    dportLow: u16,
    dportHigh: u16,
    sportLow: u16,
    sportHigh: u16,
    chunkmap: array(WORDS, u32),
    chunkMatchType: u32,
    flagInfo: array(FLAG_SLOTS, inner(flagInfo)),
    flagCount: u32,
    flags: u32,
    invflags: u32,
  },
  { dportLow: "dpts[0]", dportHigh: "dpts[1]", sportLow: "spts[0]", sportHigh: "spts[1]" },
);
const given = flags("flags", "invflags");
const ports = <A extends string, B extends string>(low: A, high: B) => ({
  ...range(low, high, 0xffff, integer),
  parse: ([word = ""]: readonly string[], ctx: Parameters<typeof portNumber>[0]) =>
    parseRange(word, 0xffff, portNumber(ctx, integer, "sctp")),
});

/**
 * `-m sctp`, behind `-p sctp`: ports, and the chunks in the packet.
 *
 * @example sctp({ dport: 3868, chunkTypes: { match: "any", chunks: ["INIT", "DATA:U"] } })
 */
export const sctp = match("sctp", {
  revision: 0,
  info,
  options: {
    /** The source port, 0 to 65535, or `[from, to]`. */
    sport: given(1, ports("sportLow", "sportHigh")),
    /** The destination port, likewise. */
    dport: given(2, ports("dportLow", "dportHigh")),
    /** Chunk types, some with flags that must be set (capitals) or clear, and whether any, all or only these are there. */
    chunkTypes: given(4, chunkTypes),
  },
  aliases: { "--source-port": ["--sport"], "--destination-port": ["--dport"] },
  finish: ({ flagInfo, flagCount }) => {
    const slots = innerSlots(flagInfo).map(innerSlots);
    return (b, o) => {
      for (const { chunktype } of slots.slice(flagCount.get(b, o))) chunktype.set(b, o, UNUSED);
    };
  },
});
