import { target } from "../define.js";
import { NPT, nptOptions } from "../npt.js";

/**
 * `-j DNPT`, IPv6, in PREROUTING of mangle: exchanges the prefix of the destination address, without connection tracking, so
 * that checksums stay right (RFC 6296).
 *
 * @example dnpt({ srcPfx: "2001:db8:1::/48", dstPfx: "fd00:1::/48" })
 */
export const dnpt = target("DNPT", {
  revision: { ipv6: 0 },
  info: { ipv6: NPT },
  need: ["srcPfx", "dstPfx"],
  options: nptOptions,
});
