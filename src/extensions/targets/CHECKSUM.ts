import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { flags } from "../option.js";

const info = struct("xt_CHECKSUM_info", "linux/netfilter/xt_CHECKSUM.h", { operation: u8 });
const FILL = 1;

/**
 * `-j CHECKSUM`, in mangle only: for programs that want whole checksums where the hardware was to compute them.
 *
 * @example checksum({ checksumFill: true })
 */
export const checksum = target("CHECKSUM", {
  revision: 0,
  info,
  need: ["checksumFill"],
  options: {
    /** Computes the checksum of a packet that has none yet. */
    checksumFill: flags("operation")(FILL),
  },
});
