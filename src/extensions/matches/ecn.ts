import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { uint } from "../kinds.js";
import { eitherWay, flags } from "../option.js";

const info = struct(
  "xt_ecn_info",
  "linux/netfilter/xt_ecn.h",
  { operation: u8, invert: u8, ipEct: u8, tcpEct: u8 },
  { tcpEct: "proto.tcp.ect" },
);
const IP = 0x01,
  ECE = 0x10,
  CWR = 0x20;
const given = flags("operation", "invert");

/**
 * `-m ecn`: explicit congestion notification. The bits of TCP want `-p tcp` beside them.
 *
 * @example ecn({ ecnIpEct: 1 })
 */
export const ecn = match("ecn", {
  revision: 0,
  info,
  need: "one",
  options: {
    /** TCP's ECN echo bit is set. */
    ecnTcpEce: given(ECE, eitherWay),
    /** TCP's congestion window reduced bit is set. */
    ecnTcpCwr: given(CWR, eitherWay),
    /** The two bits in the IP header, 0 to 3. */
    ecnIpEct: given(IP, uint("ipEct", 3)),
  },
});
