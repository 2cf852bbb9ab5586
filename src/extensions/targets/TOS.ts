import { struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { integer } from "../kinds.js";
import { required } from "../option.js";
import { tosValue } from "../tos.js";

const FULL = 0xff;
const info = struct(
  "xt_tos_target_info",
  "linux/netfilter/xt_DSCP.h",
  { value: u8, mask: u8 },
  { value: "tos_value", mask: "tos_mask" },
);
const bits = (word: string): number => integer(word, FULL);
const setTosTo = (value: number, mask: number): readonly string[] => ["--set-tos", `${value}/${mask}`];

/**
 * `-j TOS`: changes the service type; in mangle only. What the mask covers is cleared, then the value is XORed in.
 *
 * @example setTos({ setTos: { value: 0x10, mask: 0x3f } })
 */
export const setTos = target("TOS", {
  revision: 1,
  info,
  need: ["setTos"],
  options: {
    /** One byte, whole or under a mask. */
    setTos: required(tosValue("value", "mask")),
  },
  aliases: {
    "--and-tos": (word) => setTosTo(0, FULL & ~bits(word)),
    "--or-tos": (word) => setTosTo(bits(word), bits(word)),
    "--xor-tos": (word) => setTosTo(bits(word), 0),
  },
});
