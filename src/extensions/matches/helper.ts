import { cstring, struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { quoteIfNeeded, text } from "../kinds.js";
import { required } from "../option.js";

const SIZE = 30;
const info = struct("xt_helper_info", "linux/netfilter/xt_helper.h", {
  invert: u32,
  name: cstring(SIZE, SIZE - 1),
});

/**
 * `-m helper`: connections that a helper module of conntrack expected or follows.
 *
 * @example helper({ helper: "ftp" })
 */
export const helper = match("helper", {
  revision: 0,
  info,
  need: ["helper"],
  options: {
    /** The helper's name, `-PORT` behind it where it listens elsewhere (`ftp-2121`); 29 bytes. Empty is any helper. */
    helper: required(text("name", { max: SIZE - 1, cut: true, print: quoteIfNeeded }), "invert", 1),
  },
});
