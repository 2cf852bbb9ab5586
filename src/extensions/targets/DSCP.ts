import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { classNumber, codePoint } from "../dscp.js";
import { required } from "../option.js";

const info = struct("xt_DSCP_info", "linux/netfilter/xt_DSCP.h", { dscp: u8 });

/**
 * `-j DSCP`, in mangle only: sets the upper six bits of the service type. `--set-dscp-class EF` is a name for such a value.
 *
 * @example setDscp({ setDscp: 0x2e }) // expedited forwarding
 */
export const setDscp = target("DSCP", {
  revision: 0,
  info,
  need: ["setDscp"],
  options: {
    /** The code point, 0 to 63. */
    setDscp: required(codePoint("dscp")),
  },
  aliases: { "--set-dscp-class": (word) => ["--set-dscp", classNumber(word)] },
});
