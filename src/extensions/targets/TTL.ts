import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { hopChanges } from "../hop-limit.js";

const info = struct("ipt_TTL_info", "linux/netfilter_ipv4/ipt_TTL.h", { mode: u8, ttl: u8 });
const { set, increment, decrement } = hopChanges("ttl");

/**
 * `-j TTL`, IPv4, in mangle only: changes the time to live. IPv6 has `HL`. Exactly one option.
 *
 * @example setTtl({ ttlSet: 64 })
 */
export const setTtl = target("TTL", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  need: "exactly one",
  options: {
    /** To as many hops, 0 to 255. */
    ttlSet: set,
    /** By so many fewer, 1 to 255. */
    ttlDec: decrement,
    /** By so many more, 1 to 255. */
    ttlInc: increment,
  },
});
