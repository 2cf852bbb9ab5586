import { struct, u8, u16 } from "../../codec/struct.js";
import { isNot, type Options } from "../../model/rule.js";
import { match } from "../define.js";
import { integer, range, uint, wordsToBits } from "../kinds.js";
import { type Has, type Kind, printedIf, unless } from "../option.js";
import { portOption } from "../ports.js";

const info = struct(
  "xt_tcp",
  "linux/netfilter/xt_tcpudp.h",
  {
    sportLow: u16,
    sportHigh: u16,
    dportLow: u16,
    dportHigh: u16,
    option: u8,
    flagMask: u8,
    flagCompare: u8,
    inverted: u8,
  },
  {
    sportLow: "spts[0]",
    sportHigh: "spts[1]",
    dportLow: "dpts[0]",
    dportHigh: "dpts[1]",
    flagMask: "flg_mask",
    flagCompare: "flg_cmp",
    inverted: "invflags",
  },
);
const FLAG = wordsToBits({ FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 });
type Flags = ReturnType<typeof FLAG.words>;
/** Which flags are looked at, and which of them must be set. */
export interface TcpFlags {
  /** The flags that are looked at. */
  readonly mask: Flags;
  /** Those of them that are set; the others are not. */
  readonly set: Flags;
}
const ALL = 63;
/** Shorthands may stand among flags, and nothing between two commas is nothing. */
const bitsOf = (word: string): number =>
  /^all$/i.test(word) ? ALL : /^(none)?$/i.test(word) ? 0 : FLAG.bits(FLAG.parse(word));
const some = (text: string): Flags =>
  FLAG.words(text.split(",").reduce((bits, word) => bits | bitsOf(word), 0));

/** `--tcp-flags MASK COMP`; ALL and NONE are shorthands on input only. */
const tcpFlags: Kind<Has<"flagMask" | "flagCompare">, TcpFlags> = {
  words: 2,
  parse: ([mask = "", set = ""]) => ({ mask: some(mask), set: some(set) }),
  print: ({ mask, set }) => `${mask.join(",") || "NONE"} ${set.join(",") || "NONE"}`,
  bind: ({ flagMask, flagCompare }) => ({
    store(b, o, { mask, set }) {
      flagMask.set(b, o, FLAG.bits(mask));
      flagCompare.set(b, o, FLAG.bits(set));
    },
    load: (b, o) => ({ mask: FLAG.words(flagMask.get(b, o)), set: FLAG.words(flagCompare.get(b, o)) }),
  }),
};
const NO_FLAGS: TcpFlags = { mask: FLAG.words(0), set: FLAG.words(0) };
/** Where no flag is looked at, iptables-save says nothing, though some must be set, and so nothing matches. */
const looksAtAny = ({ tcpFlags: given }: Options): boolean =>
  given !== undefined && (isNot(given) || (given as TcpFlags).mask.length > 0);

/**
 * `-m tcp`, behind `-p tcp`.
 *
 * @example tcp({ dport: 443, tcpFlags: { mask: ["SYN", "RST", "ACK", "FIN"], set: ["SYN"] } })
 */
export const tcp = match("tcp", {
  revision: 0,
  info,
  options: {
    /** The source port, 0 to 65535, or `[from, to]`; in text also the name of a service. Default: any. */
    sport: portOption("sport", 1, range("sportLow", "sportHigh", 0xffff, integer)),
    /** The destination port, likewise. */
    dport: portOption("dport", 2, range("dportLow", "dportHigh", 0xffff, integer)),
    /** A TCP option that must be there, by number, 1 to 255. */
    tcpOption: unless(0, uint("option", 255, 1), "inverted", 8),
    /**
     * Of the flags in `mask` exactly those in `set` are set. `--syn` is `{ mask: ["FIN", "SYN", "RST", "ACK"],
     * set: ["SYN"] }`.
     */
    tcpFlags: printedIf(looksAtAny, unless(NO_FLAGS, tcpFlags, "inverted", 4)),
  },
  aliases: {
    "--source-port": ["--sport"],
    "--destination-port": ["--dport"],
    "--syn": ["--tcp-flags", "FIN,SYN,RST,ACK", "SYN"],
  },
});
