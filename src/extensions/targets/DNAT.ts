import { be16, inetAddr, struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { natRange, PERSISTENT, RANDOM, rangeNeedsProtocol } from "../nat.js";
import { flags, required } from "../option.js";

const info = struct(
  "nf_nat_range2",
  "linux/netfilter/nf_nat.h",
  { flags: u32, minAddr: inetAddr, maxAddr: inetAddr, minPort: be16, maxPort: be16, basePort: be16 },
  { minPort: "min_proto", maxPort: "max_proto", basePort: "base_proto" },
);
const flag = flags("flags");

/** `-j DNAT` */
export const dnat = target("DNAT", {
  revision: 2,
  info,
  need: ["toDestination"],
  options: {
    toDestination: required(natRange(true)),
    random: flag(RANDOM),
    persistent: flag(PERSISTENT),
  },
  checkRule: (o, rule, ctx) => rangeNeedsProtocol(o.toDestination, rule, ctx),
});
