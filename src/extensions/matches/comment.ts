import { cstring, struct } from "../../codec/struct.js";
import { match } from "../define.js";
import { quoteIfNeeded, text } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_comment_info", "linux/netfilter/xt_comment.h", { comment: cstring(256, 255) });

/**
 * `-m comment`: a note, which matches every packet.
 *
 * @example comment({ comment: "ssh from the office" })
 */
export const comment = match("comment", {
  revision: 0,
  info,
  need: ["comment"],
  options: {
    /** The note, at most 255 bytes; what is beyond is cut off, as iptables does. No line breaks. */
    comment: required(text("comment", { max: 255, print: quoteIfNeeded, cut: true })),
  },
});
