import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { selected } from "../option.js";

const info = struct("xt_connsecmark_target_info", "linux/netfilter/xt_CONNSECMARK.h", { mode: u8 });
const SAVE = 1,
  RESTORE = 2;
const mode = selected("mode");

/**
 * `-j CONNSECMARK`, in mangle and security: carries SELinux' mark between packet and connection. Exactly one option.
 *
 * @example connsecmark({ restore: true })
 */
export const connsecmark = target("CONNSECMARK", {
  revision: 0,
  info,
  need: "exactly one",
  options: {
    /** From the packet to its connection, if that has none yet. */
    save: mode(SAVE),
    /** From the connection to the packet, if that has none yet. */
    restore: mode(RESTORE),
  },
});
