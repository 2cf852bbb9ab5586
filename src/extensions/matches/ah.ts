import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { uint } from "../kinds.js";
import { flags, unless } from "../option.js";
import { onlyIn } from "../option-family.js";
import { SPI_NAMES, spiOption } from "../spi.js";

const ipv4 = struct(
  "ipt_ah",
  "linux/netfilter_ipv4/ipt_ah.h",
  { spiLow: u32, spiHigh: u32, inverted: u8 },
  SPI_NAMES,
);
const ipv6 = struct(
  "ip6t_ah",
  "linux/netfilter_ipv6/ip6t_ah.h",
  { spiLow: u32, spiHigh: u32, hdrlen: u32, hdrres: u8, inverted: u8 },
  SPI_NAMES,
);
const INVERT_LENGTH = 2;

/**
 * `-m ah`: IPsec's authentication header. IPv4 needs `-p ah`; in IPv6 the header is an extension, found behind others.
 *
 * @example ah({ ahspi: [500, 600] })
 */
export const ah = match("ah", {
  revision: 0,
  // The fields that IPv4 lacks belong to the options that it lacks.
  info: { ipv4: ipv4 as unknown as typeof ipv6, ipv6 },
  options: {
    /** The security parameter index, 0 to 4294967295, or both ends of a range; any unless given. */
    ahspi: spiOption("ahspi"),
    /** IPv6: the length of the header in bytes, 0 to 4294967295; 0 is any. */
    ahlen: onlyIn("ipv6", "hdrlen", unless(0, uint("hdrlen", 0xffff_ffff), "inverted", INVERT_LENGTH)),
    /** IPv6: the reserved field must be zero. */
    ahres: onlyIn("ipv6", "hdrres", flags("hdrres")(1)),
  },
});
