import { target } from "../define.js";
import { natRange, PERSISTENT, RANDOM, RANDOM_FULLY, rangeNeedsProtocol } from "../nat.js";
import { NAT_RANGE, NAT_RANGE_2 } from "../nat-range.js";
import { flags, required } from "../option.js";
import { revision } from "../revision.js";

const flag = flags("flags");

const options = {
  toSource: required(natRange(false)),
  random: flag(RANDOM),
  randomFully: flag(RANDOM_FULLY),
  persistent: flag(PERSISTENT),
};

/** `-j SNAT` */
export const snat = target("SNAT", {
  revision: { ipv4: 0, ipv6: 1 },
  info: NAT_RANGE,
  revisions: [
    revision({ revision: { ipv4: 1 }, info: { ipv4: NAT_RANGE.ipv6 }, options }),
    revision({ revision: 2, info: NAT_RANGE_2, options }),
  ],
  fixed: { ranges: 1 },
  need: ["toSource"],
  options,
  checkRule: (o, rule, ctx) => rangeNeedsProtocol(o.toSource, rule, ctx),
});
