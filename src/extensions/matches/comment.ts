import { cstring, struct } from "../../codec/struct.js";
import { match } from "../define.js";
import { quoteIfNeeded, text } from "../kinds.js";
import { required } from "../option.js";

const info = struct("xt_comment_info", "linux/netfilter/xt_comment.h", { comment: cstring(256, 255) });

export const comment = match("comment", {
  revision: 0,
  info,
  need: ["comment"],
  options: { comment: required(text("comment", { max: 255, print: quoteIfNeeded, cut: true })) },
});
