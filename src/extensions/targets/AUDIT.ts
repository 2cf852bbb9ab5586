import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { oneOf } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_audit_info", "linux/netfilter/xt_AUDIT.h", { type: u8 });
const lower = (word: string): string => word.toLowerCase();

/**
 * `-j AUDIT`: makes a record of the packet for auditd. What becomes of the packet, later rules decide.
 *
 * @example audit({ type: "drop" })
 */
export const audit = target("AUDIT", {
  revision: 0,
  info,
  need: ["type"],
  options: {
    /** What the record says that becomes of the packet. */
    type: required(oneOf("type", { accept: 0, drop: 1, reject: 2 }, lower)),
  },
});
