import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { masked } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_mark_mtinfo1", "linux/netfilter/xt_mark.h", { mark: u32, mask: u32, invert: u8 });

/**
 * `-m mark`: the mark that MARK, a socket or a tunnel has given the packet.
 *
 * @example mark({ mark: { value: 0x10, mask: 0xff } })
 */
export const mark = match("mark", {
  revision: 1,
  info,
  need: ["mark"],
  options: {
    /** The mark, 32 bits, or `{ value, mask }`: only the bits of the mask count. */
    mark: required(masked("mark", "mask"), "invert", 1),
  },
});
