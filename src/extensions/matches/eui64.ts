import { struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";

/**
 * `-m eui64`, IPv6: the interface half of the source address was made from the frame's MAC address. Not in OUTPUT.
 *
 * @example eui64()
 */
export const eui64 = match("eui64", {
  revision: { ipv6: 0 },
  info: { ipv6: struct({ unused: u32 }) },
  options: {},
});
