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

/** `-j DNAT` */
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
    toDestination: required(natRange(true)),
    random: flag(RANDOM),
    persistent: flag(PERSISTENT),
  },
  checkRule: (o, rule, ctx) => rangeNeedsProtocol(o.toDestination, rule, ctx),
});
