import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { SPI_NAMES, spiOption } from "../spi.js";

const info = struct(
  "xt_esp",
  "linux/netfilter/xt_esp.h",
  { spiLow: u32, spiHigh: u32, inverted: u8 },
  SPI_NAMES,
);

/**
 * `-m esp`: IPsec's encapsulating security payload. The kernel wants `-p esp` beside it.
 *
 * @example esp({ espspi: 1000 })
 */
export const esp = match("esp", {
  revision: 0,
  info,
  options: {
    /** The security parameter index, 0 to 4294967295, or both ends of a range; any unless given. */
    espspi: spiOption("espspi"),
  },
});
