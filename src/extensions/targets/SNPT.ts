import { target } from "../define.js";
import { NPT, nptOptions } from "../npt.js";

/**
 * `-j SNPT`, IPv6, in POSTROUTING and INPUT of mangle: exchanges the prefix of the source address, without connection tracking, so
 * that checksums stay right (RFC 6296).
 *
 * @example snpt({ srcPfx: "2001:db8:1::/48", dstPfx: "fd00:1::/48" })
 */
export const snpt = target("SNPT", {
  revision: { ipv6: 0 },
  info: { ipv6: NPT },
  need: ["srcPfx", "dstPfx"],
  options: nptOptions,
});
