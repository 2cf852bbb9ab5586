import { kernelPointer, struct, u32, u64 } from "../../codec/struct.js";
import { match } from "../define.js";
import { wide } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_quota_info", "linux/netfilter/xt_quota.h", {
  flags: u32,
  pad: u32,
  quota: u64,
  master: kernelPointer,
});

/**
 * `-m quota`: matches until so many bytes have passed, then never again. What is left is the kernel's secret; it starts
 * anew whenever the rule is written.
 *
 * @example quota({ quota: 1_000_000_000 })
 */
export const quota = match("quota", {
  revision: 0,
  info,
  need: ["quota"],
  options: {
    /** Bytes, 0 to 2^64 - 1: a number, or decimal digits above 2^53. */
    quota: required(wide("quota"), "flags", 1),
  },
});
