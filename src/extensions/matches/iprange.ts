import { type AddressBytes, inetAddr, struct, u8 } from "../../codec/struct.js";
import { addressAt, storeAddress } from "../address.js";
import { match } from "../define.js";
import { addressEnds } from "../kinds.js";
import { flags, type Has, type Kind } from "../option.js";

const info = struct("xt_iprange_mtinfo", "linux/netfilter/xt_iprange.h", {
  srcMin: inetAddr,
  srcMax: inetAddr,
  dstMin: inetAddr,
  dstMax: inetAddr,
  flags: u8,
});

/** Both ends are always printed, even when they are one address. */
function ends<A extends string, B extends string>(min: A, max: B): Kind<Has<A | B, AddressBytes>, string> {
  return {
    parse: ([word = ""], { family }) => addressEnds(word, family, "numeric").join("-"),
    print: (v) => v,
    bind: ({ [min]: a, [max]: z }) => ({
      store(b, o, v, { family }) {
        const dash = v.indexOf("-");
        storeAddress(b, o + a.at, family, v, 0, dash);
        storeAddress(b, o + z.at, family, v, dash + 1);
      },
      load: (b, o, { family }) => `${addressAt(b, o + a.at, family)}-${addressAt(b, o + z.at, family)}`,
    }),
  };
}
const given = flags("flags", "flags");

/**
 * `-m iprange`: addresses from one to another, which need not be a network. At least one option.
 *
 * @example iprange({ srcRange: "192.0.2.10-192.0.2.20" })
 */
export const iprange = match("iprange", {
  revision: 1,
  info,
  need: "one",
  options: {
    /** Source addresses, `FROM-TO`; one address is both ends. */
    srcRange: given(0x1, ends("srcMin", "srcMax"), 0x10),
    /** Destination addresses, likewise. */
    dstRange: given(0x2, ends("dstMin", "dstMax"), 0x20),
  },
});
