import { match } from "../define.js";
import { headerOptions, optionsInfo } from "../ip6-options.js";
import { uint } from "../kinds.js";
import { flags } from "../option.js";

/**
 * `-m dst`, IPv6: the Destination Options header.
 *
 * @example dst({ dstOpts: [[5, 2]] })
 */
export const dst = match("dst", {
  revision: { ipv6: 0 },
  info: { ipv6: optionsInfo },
  options: {
    /** Length of the header in bytes. */
    dstLen: flags("flags", "invflags")(1, uint("hdrlen", 0xffff_ffff)),
    /** Its first options, in order: up to 16 of a type, 0 to 255, or `[type, length]`. */
    dstOpts: flags("flags")(2, headerOptions),
  },
});
