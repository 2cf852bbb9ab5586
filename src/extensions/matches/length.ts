import { struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import { span } from "../kinds-span.js";
import { required } from "../option.js";

const info = struct("xt_length_info", "linux/netfilter/xt_length.h", { min: u16, max: u16, invert: u8 });

/**
 * `-m length`: how long the packet is behind layer 2.
 *
 * @example length({ length: [0, 128] })
 */
export const length = match("length", {
  revision: 0,
  info,
  need: ["length"],
  options: {
    /** Bytes, 0 to 65535, or both ends of a range: in IPv4 the whole packet, in IPv6 what follows its header. */
    length: required(span("min", "max", 0xffff), "invert", 1),
  },
});
