import { target } from "../define.js";
import { localPortsNeedProtocol, RANDOM, toPorts } from "../nat.js";
import { NAT_RANGE } from "../nat-range.js";
import { flags } from "../option.js";

const flag = flags("flags");

/**
 * `-j REDIRECT`, in nat's PREROUTING and OUTPUT: the packet is for this host, whomever it was for.
 *
 * @example redirect({ toPorts: 8080 })
 */
export const redirect = target("REDIRECT", {
  revision: 0,
  info: NAT_RANGE,
  fixed: { ranges: 1 },
  options: {
    /** The destination port, or a range of them; beside a protocol that has ports. Unchanged unless given. */
    toPorts,
    /** The port is chosen at random. */
    random: flag(RANDOM),
  },
  checkRule: (o, rule) => localPortsNeedProtocol(o.toPorts, rule),
});
