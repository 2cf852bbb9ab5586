import { be16, inetAddr, inetAddr4, struct, u32 } from "../codec/struct.js";

/** Holds exactly one range. */
const ipv4 = struct(
  "nf_nat_ipv4_multi_range_compat",
  "linux/netfilter/nf_nat.h",
  { ranges: u32, flags: u32, minAddr: inetAddr4, maxAddr: inetAddr4, minPort: be16, maxPort: be16 },
  {
    ranges: "rangesize",
    flags: "range[0].flags",
    minAddr: "range[0].min_ip",
    maxAddr: "range[0].max_ip",
    minPort: "range[0].min",
    maxPort: "range[0].max",
  },
);
const ipv6 = struct(
  "nf_nat_range",
  "linux/netfilter/nf_nat.h",
  { flags: u32, minAddr: inetAddr, maxAddr: inetAddr, minPort: be16, maxPort: be16 },
  { minPort: "min_proto", maxPort: "max_proto" },
);

/** With a base port, for ranges that are shifted. */
export const NAT_RANGE_2 = struct(
  "nf_nat_range2",
  "linux/netfilter/nf_nat.h",
  { flags: u32, minAddr: inetAddr, maxAddr: inetAddr, minPort: be16, maxPort: be16, basePort: be16 },
  { minPort: "min_proto", maxPort: "max_proto", basePort: "base_proto" },
);

/** What SNAT, MASQUERADE and REDIRECT fill; `ranges`, in IPv4, is always 1. */
export const NAT_RANGE = { ipv4, ipv6 } as const;
