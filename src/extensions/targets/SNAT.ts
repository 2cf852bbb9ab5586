import { target } from "../define.js";
import { natRange, PERSISTENT, RANDOM, RANDOM_FULLY, rangeNeedsProtocol } from "../nat.js";
import { NAT_RANGE } from "../nat-range.js";
import { flags, required } from "../option.js";

const flag = flags("flags");

/** `-j SNAT` */
export const snat = target("SNAT", {
  revision: { ipv4: 0, ipv6: 1 },
  info: NAT_RANGE,
  fixed: { ranges: 1 },
  need: ["toSource"],
  options: {
    toSource: required(natRange(false)),
    random: flag(RANDOM),
    randomFully: flag(RANDOM_FULLY),
    persistent: flag(PERSISTENT),
  },
  checkRule: (o, rule, ctx) => rangeNeedsProtocol(o.toSource, rule, ctx),
});
