import { target } from "../define.js";
import { natRange, PERSISTENT, RANDOM, RANDOM_FULLY, rangeNeedsProtocol } from "../nat.js";
import { NAT_RANGE, NAT_RANGE_2 } from "../nat-range.js";
import { flags, required } from "../option.js";
import { revision } from "../revision.js";

const flag = flags("flags");

const options = {
  /** `ADDRESS[-ADDRESS][:PORT[-PORT]]`, IPv6 addresses in brackets where ports follow. Ports need `-p`. */
  toSource: required(natRange(false)),
  /** Ports are chosen at random. */
  random: flag(RANDOM),
  /** Ports are chosen at random, of all there are. */
  randomFully: flag(RANDOM_FULLY),
  /** A client gets the same address for all its connections. */
  persistent: flag(PERSISTENT),
};

/**
 * `-j SNAT`, in POSTROUTING and INPUT of nat only: another source.
 *
 * @example snat({ toSource: "192.0.2.1" })
 */
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
