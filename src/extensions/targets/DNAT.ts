import { target } from "../define.js";
import { natRange, PERSISTENT, RANDOM, rangeNeedsProtocol } from "../nat.js";
import { NAT_RANGE, NAT_RANGE_2 } from "../nat-range.js";
import { flags, required } from "../option.js";
import { revision } from "../revision.js";

const flag = flags("flags");

/** Without shifted ranges. */
const UNSHIFTED = {
  toDestination: required(natRange(false)),
  random: flag(RANDOM),
  persistent: flag(PERSISTENT),
};

/**
 * `-j DNAT`, in PREROUTING and OUTPUT of nat only: another destination.
 *
 * @example dnat({ toDestination: "10.0.0.5:8080" })
 */
export const dnat = target("DNAT", {
  revision: 2,
  info: NAT_RANGE_2,
  revisions: [
    revision({
      revision: { ipv4: 0 },
      info: { ipv4: NAT_RANGE.ipv4 },
      fixed: { ranges: 1 },
      options: UNSHIFTED,
    }),
    revision({ revision: 1, info: NAT_RANGE.ipv6, options: UNSHIFTED }),
  ],
  need: ["toDestination"],
  options: {
    /**
     * `ADDRESS[-ADDRESS][:PORT[-PORT[/BASE]]]`, IPv6 addresses in brackets where ports follow. Ports need `-p`.
     * `BASE`: the port that the first of the range stands for; the others follow.
     */
    toDestination: required(natRange(true)),
    /** Ports are chosen at random. */
    random: flag(RANDOM),
    /** A client gets the same address for all its connections. */
    persistent: flag(PERSISTENT),
  },
  checkRule: (o, rule, ctx) => rangeNeedsProtocol(o.toDestination, rule, ctx),
});
