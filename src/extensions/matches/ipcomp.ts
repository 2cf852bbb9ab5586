import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { flags } from "../option.js";
import { SPI_NAMES, spiOrZero } from "../spi.js";

const info = struct(
  "xt_ipcomp",
  "linux/netfilter/xt_ipcomp.h",
  { spiLow: u32, spiHigh: u32, inverted: u8, hdrres: u8 },
  SPI_NAMES,
);

/**
 * `-m ipcomp`: compressed payloads. The kernel wants `-p ipcomp` beside it.
 *
 * @example ipcomp({ ipcompspi: [5, 6] })
 */
export const ipcomp = match("ipcomp", {
  revision: 0,
  info,
  options: {
    /** The compression parameter index, 0 to 4294967295, or both ends of a range; 0 unless given, as in iptables. */
    ipcompspi: spiOrZero("ipcompspi"),
    /** The reserved field must be zero. */
    compres: flags("hdrres")(1),
  },
});
