import { cstring, kernelU32, struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { text } from "../kinds.js";
import { required } from "../option.js";
import { revision } from "../revision.js";

const info = struct("xt_secmark_target_info_v1", "linux/netfilter/xt_SECMARK.h", {
  mode: u8,
  secctx: cstring(256, 255),
  secid: kernelU32,
});
const info0 = struct("xt_secmark_target_info", "linux/netfilter/xt_SECMARK.h", {
  mode: u8,
  secid: kernelU32,
  secctx: cstring(256, 255),
});
const SELINUX = 1;
const selctx = required(text("secctx", { max: 255, cut: true }));

/**
 * `-j SECMARK`, in security and mangle: gives the packet a security mark. The kernel looks the context up.
 *
 * @example secmark({ selctx: "system_u:object_r:httpd_packet_t:s0" })
 */
export const secmark = target("SECMARK", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info: info0, fixed: { mode: SELINUX }, options: { selctx } })],
  fixed: { mode: SELINUX },
  need: ["selctx"],
  options: {
    /** SELinux' context, at most 255 bytes, the rest is cut. */
    selctx,
  },
});
