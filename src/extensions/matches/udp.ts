import { struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import { type Range, range } from "../kinds.js";
import { unless } from "../option.js";

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
const ANY_PORT: Range = [0, 0xffff];

export const udp = match("udp", {
  revision: 0,
  info,
  options: {
    sport: unless(ANY_PORT, range("sportLow", "sportHigh", 0xffff), "inverted", 1),
    dport: unless(ANY_PORT, range("dportLow", "dportHigh", 0xffff), "inverted", 2),
  },
  aliases: { "--source-port": ["--sport"], "--destination-port": ["--dport"] },
});
