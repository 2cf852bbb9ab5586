import { struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { mapped } from "../kinds.js";
import { fail, required } from "../option.js";

const info = struct(
  "xt_pkttype_info",
  "linux/netfilter/xt_pkttype.h",
  { type: u32, invert: u32 },
  { type: "pkttype" },
);
/** PACKET_HOST and its kin, linux/if_packet.h, in the kernel's order. */
const TYPES = ["unicast", "broadcast", "multicast", "otherhost"] as const;
type Type = (typeof TYPES)[number];
const ALIASES: Readonly<Record<string, Type>> = { bcast: "broadcast", mcast: "multicast", host: "unicast" };

const type = mapped(
  "type",
  (value: Type) => TYPES.indexOf(value),
  (n) => TYPES[n] ?? fail(`pkttype: type ${n}`),
  {
    parse(word) {
      const name = word.toLowerCase();
      return TYPES.find((one) => one === name) ?? ALIASES[name] ?? fail(`bad packet type "${word}"`);
    },
    print: (value) => value,
  },
);

/**
 * `-m pkttype`: whom the link layer sent the packet to.
 *
 * @example pkttype({ pktType: "broadcast" })
 */
export const pkttype = match("pkttype", {
  revision: 0,
  info,
  need: ["pktType"],
  options: {
    /** `unicast` is to us, `otherhost` to someone else. */
    pktType: required(type, "invert", 1),
  },
});
