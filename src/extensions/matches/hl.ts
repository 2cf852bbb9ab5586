import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { hopOptions } from "../hop-limit.js";

const info = struct(
  "ip6t_hl_info",
  "linux/netfilter_ipv6/ip6t_hl.h",
  { mode: u8, hopLimit: u8 },
  { hopLimit: "hop_limit" },
);
const { equal, less, greater } = hopOptions("hopLimit");

/**
 * `-m hl`, IPv6: how many hops the packet may still make. IPv4 has `ttl`.
 *
 * @example hl({ hlLt: 5 })
 */
export const hl = match("hl", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  need: "exactly one",
  options: {
    /** As many, 0 to 255. */
    hlEq: equal,
    /** Fewer. */
    hlLt: less,
    /** More. */
    hlGt: greater,
  },
  aliases: { "--hl": ["--hl-eq"] },
});
