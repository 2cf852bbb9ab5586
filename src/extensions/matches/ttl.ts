import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { hopOptions } from "../hop-limit.js";

const info = struct("ipt_ttl_info", "linux/netfilter_ipv4/ipt_ttl.h", { mode: u8, ttl: u8 });
const { equal, less, greater } = hopOptions("ttl");

/**
 * `-m ttl`, IPv4: how many hops the packet may still make. IPv6 has `hl`.
 *
 * @example ttl({ ttlLt: 5 })
 */
export const ttl = match("ttl", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  need: "exactly one",
  options: {
    /** As many, 0 to 255. */
    ttlEq: equal,
    /** Fewer. */
    ttlLt: less,
    /** More. */
    ttlGt: greater,
  },
  aliases: { "--ttl": ["--ttl-eq"] },
});
