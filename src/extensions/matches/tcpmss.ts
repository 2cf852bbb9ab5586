import { struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import { range } from "../kinds.js";
import { required } from "../option.js";

const info = struct(
  "xt_tcpmss_match_info",
  "linux/netfilter/xt_tcpmss.h",
  { low: u16, high: u16, invert: u8 },
  { low: "mss_min", high: "mss_max" },
);

const size = range("low", "high", 0xffff, false),
  sizeOrNone: typeof size = {
    ...size,
    // No word at all is 0.
    parse: (words, ctx) => (words[0] === "" ? 0 : size.parse(words, ctx)),
  };

/**
 * `-m tcpmss`: the largest segment that the sender of a SYN wants. The kernel demands `-p tcp`.
 *
 * @example tcpmss({ mss: [500, 1460] })
 */
export const tcpmss = match("tcpmss", {
  revision: 0,
  info,
  need: ["mss"],
  options: {
    /** Bytes, 0 to 65535, one value or a range. */
    mss: required(sizeOrNone, "invert", 1),
  },
});
