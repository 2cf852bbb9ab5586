import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { hopChanges } from "../hop-limit.js";

const info = struct("ip6t_HL_info", "linux/netfilter_ipv6/ip6t_HL.h", { mode: u8, hopLimit: u8 });
const { set, increment, decrement } = hopChanges("hopLimit");

/**
 * `-j HL`, IPv6, in mangle only: changes the hop limit. IPv4 has `TTL`. Exactly one option.
 *
 * @example setHl({ hlSet: 64 })
 */
export const setHl = target("HL", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  need: "exactly one",
  options: {
    /** To as many hops, 0 to 255. */
    hlSet: set,
    /** By so many fewer, 1 to 255. */
    hlDec: decrement,
    /** By so many more, 1 to 255. */
    hlInc: increment,
  },
});
