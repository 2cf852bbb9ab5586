import { struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import { span } from "../kinds.js";
import { portOption, wrappedPort } from "../ports.js";

const info = struct(
  "xt_udp",
  "linux/netfilter/xt_tcpudp.h",
  { sportLow: u16, sportHigh: u16, dportLow: u16, dportHigh: u16, inverted: u8 },
  {
    sportLow: "spts[0]",
    sportHigh: "spts[1]",
    dportLow: "dpts[0]",
    dportHigh: "dpts[1]",
    inverted: "invflags",
  },
);

/**
 * `-m udp`, behind `-p udp`.
 *
 * @example udp({ dport: 53 })
 */
export const udp = match("udp", {
  revision: 0,
  info,
  options: {
    /** The source port, 0 to 65535, or `[from, to]`; in text also the name of a service. Default: any. */
    sport: portOption("sport", 1, span("sportLow", "sportHigh", 0xffff, wrappedPort)),
    /** The destination port, likewise. */
    dport: portOption("dport", 2, span("dportLow", "dportHigh", 0xffff, wrappedPort)),
  },
  aliases: { "--source-port": ["--sport"], "--destination-port": ["--dport"] },
});
