import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { flags } from "../option.js";

const info = struct("xt_rpfilter_info", "linux/netfilter/xt_rpfilter.h", { flags: u8 });
const flag = flags("flags");

/**
 * `-m rpfilter`: a reply to the packet would leave through the interface it came in by. In PREROUTING of raw and mangle.
 *
 * @example rpfilter({ invert: true })
 */
export const rpfilter = match("rpfilter", {
  revision: 0,
  info,
  options: {
    /** A route through any interface will do. */
    loose: flag(1),
    /** The packet's mark counts when the route is looked up. */
    validmark: flag(2),
    /** Packets with a source address of this host match too. */
    acceptLocal: flag(4),
    /** The packets that fail the test instead. */
    invert: flag(8),
  },
});
