import { target } from "../define.js";
import { localPortsNeedProtocol, RANDOM, RANDOM_FULLY, toPorts } from "../nat.js";
import { NAT_RANGE } from "../nat-range.js";
import { flags } from "../option.js";

const flag = flags("flags");

/**
 * `-j MASQUERADE`, in nat's POSTROUTING: packets leave with the address of the interface they leave by.
 *
 * @example masquerade({ toPorts: [1024, 31000] })
 */
export const masquerade = target("MASQUERADE", {
  revision: 0,
  info: NAT_RANGE,
  fixed: { ranges: 1 },
  options: {
    /** The source port, or a range of them; beside a protocol that has ports. */
    toPorts,
    /** The port is chosen at random. */
    random: flag(RANDOM),
    /** Still more so: a new one for every connection. */
    randomFully: flag(RANDOM_FULLY),
  },
  checkRule: (o, rule) => localPortsNeedProtocol(o.toPorts, rule),
});
