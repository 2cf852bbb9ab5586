import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { classNumber, codePoint } from "../dscp.js";
import { required } from "../option.js";

const info = struct("xt_dscp_info", "linux/netfilter/xt_dscp.h", { dscp: u8, invert: u8 });

/**
 * `-m dscp`: the differentiated services code point, six bits of IPv4's TOS byte or IPv6's traffic class.
 *
 * @example dscp({ dscp: 46 }) // EF
 */
export const dscp = match("dscp", {
  revision: 0,
  info,
  need: ["dscp"],
  options: {
    /** The code point, 0 to 63. `--dscp-class` takes it by name: BE, EF, CS0 to CS7, AF11 to AF43. */
    dscp: required(codePoint("dscp"), "invert", 1),
  },
  aliases: { "--dscp-class": (word) => ["--dscp", classNumber(word)] },
});
