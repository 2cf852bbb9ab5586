import { array, struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { MAC_BYTES, macAddress } from "../kinds.js";
import { required } from "../option.js";

const info = struct(
  "xt_mac_info",
  "linux/netfilter/xt_mac.h",
  { address: array(MAC_BYTES, u8), invert: u32 },
  { address: "srcaddr" },
);

/**
 * `-m mac`: who sent the Ethernet frame. Makes sense in PREROUTING, FORWARD and INPUT.
 *
 * @example mac({ macSource: "00:11:22:aa:bb:cc" })
 */
export const mac = match("mac", {
  revision: 0,
  info,
  need: ["macSource"],
  options: {
    /** The source address, lower-case and with two digits a byte. */
    macSource: required(macAddress("address"), "invert", 1),
  },
});
