import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { masked } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_connmark_mtinfo1", "linux/netfilter/xt_connmark.h", {
  mark: u32,
  mask: u32,
  invert: u8,
});

/**
 * `-m connmark`: the mark of the connection, which all its packets share.
 *
 * @example connmark({ mark: { value: 0x10, mask: 0xf0 } })
 */
export const connmark = match("connmark", {
  revision: 1,
  info,
  need: ["mark"],
  options: {
    /** The mark, whole or under a mask; 32 bits. */
    mark: required(masked("mark", "mask"), "invert", 1),
  },
});
