import { struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { uint } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_cpu_info", "linux/netfilter/xt_cpu.h", { cpu: u32, invert: u32 });

/**
 * `-m cpu`: which processor handles the packet.
 *
 * @example cpu({ cpu: 0 })
 */
export const cpu = match("cpu", {
  revision: 0,
  info,
  need: ["cpu"],
  options: {
    /** Its number, from 0; 4294967295 at most. */
    cpu: required(uint("cpu", 0xffff_ffff), "invert", 1),
  },
});
