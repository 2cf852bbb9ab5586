import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { required } from "../option.js";
import { tosValue } from "../tos.js";

const info = struct(
  "xt_tos_match_info",
  "linux/netfilter/xt_dscp.h",
  { mask: u8, value: u8, invert: u8 },
  { mask: "tos_mask", value: "tos_value" },
);

/**
 * `-m tos`: the service type that the packet asks for.
 *
 * @example tos({ tos: { value: 0x10, mask: 0x3f } }) // Minimize-Delay
 */
export const tos = match("tos", {
  revision: 1,
  info,
  need: ["tos"],
  options: {
    /** One byte, whole or under a mask. */
    tos: required(tosValue("value", "mask"), "invert", 1),
  },
});
