import { struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import { type Range, uint, wordsToBits } from "../kinds.js";
import { span } from "../kinds-span.js";
import { flags, type Has, type Kind } from "../option.js";
import { wrappedPort } from "../ports.js";

const info = struct(
  "xt_dccp_info",
  "linux/netfilter/xt_dccp.h",
  {
    dportLow: u16,
    dportHigh: u16,
    sportLow: u16,
    sportHigh: u16,
    flags: u16,
    invflags: u16,
    typemask: u16,
    option: u8,
  },
  { dportLow: "dpts[0]", dportHigh: "dpts[1]", sportLow: "spts[0]", sportHigh: "spts[1]" },
);
/** RFC 4340, section 5.1; INVALID is every type that it reserves. */
const TYPES = wordsToBits({
  REQUEST: 0x1,
  RESPONSE: 0x2,
  DATA: 0x4,
  ACK: 0x8,
  DATAACK: 0x10,
  CLOSEREQ: 0x20,
  CLOSE: 0x40,
  RESET: 0x80,
  SYNC: 0x100,
  SYNCACK: 0x200,
  INVALID: 0xfc00,
});
type Types = ReturnType<typeof TYPES.words>;
const types: Kind<Has<"typemask">, Types> = {
  parse: ([text = ""]) => {
    const some = text.split(",").filter(Boolean);
    return some.length > 0 ? TYPES.parse(some.join(",")) : TYPES.words(0);
  },
  print: (value) => value.join(","),
  bind: ({ typemask }) => ({
    store: (b, o, value) => typemask.set(b, o, TYPES.bits(value)),
    load: (b, o) => TYPES.words(typemask.get(b, o)),
  }),
};
const ports = <A extends string, B extends string>(low: A, high: B): Kind<Has<A | B>, Range> =>
  span(low, high, 0xffff, wrappedPort);
const given = flags("flags", "invflags");

/**
 * `-m dccp`. The kernel wants `-p dccp` beside it.
 *
 * @example dccp({ dport: 5001, dccpTypes: ["REQUEST"] })
 */
export const dccp = match("dccp", {
  revision: 0,
  info,
  options: {
    /** The source port, or both ends of a range. */
    sport: given(0x1, ports("sportLow", "sportHigh")),
    /** The destination port, likewise. */
    dport: given(0x2, ports("dportLow", "dportHigh")),
    /** Packets of one of these types. */
    dccpTypes: given(0x4, types),
    /** Packets with this option, 1 to 255. */
    dccpOption: given(0x8, uint("option", 255, 1)),
  },
  aliases: { "--source-port": ["--sport"], "--destination-port": ["--dport"] },
});
