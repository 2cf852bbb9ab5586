import { struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { hex, integer, masked } from "../kinds.js";
import { required } from "../option.js";

/** mark = (mark & ~mask) ^ value */
const info = struct("xt_mark_tginfo2", "linux/netfilter/xt_mark.h", { mark: u32, mask: u32 });
const FULL = 0xffff_ffff;
const number = (word: string): number => integer(word, FULL);
const xmark = (value: number, mask: number): readonly string[] => [
  "--set-xmark",
  `${hex(value >>> 0)}/${hex(mask >>> 0)}`,
];
function cleared(word: string): readonly string[] {
  const slash = word.indexOf("/"),
    value = number(slash < 0 ? word : word.slice(0, slash));
  return xmark(value, slash < 0 ? FULL : value | number(word.slice(slash + 1)));
}

/**
 * `-j MARK`: sets the mark of the packet, for later rules, routing and queues.
 *
 * @example setMark({ setXmark: { value: 0x10, mask: 0xff } })
 */
export const setMark = target("MARK", {
  revision: 2,
  info,
  need: ["setXmark"],
  options: {
    /** What the mask covers is cleared, then the value is XORed in; 32 bits, a number alone sets them all. `--set-mark`, `--and-mark`, `--or-mark` and `--xor-mark` are forms of it. */
    setXmark: required(masked("mark", "mask", true)),
  },
  aliases: {
    "--set-mark": cleared,
    "--and-mark": (word) => xmark(0, ~number(word)),
    "--or-mark": (word) => xmark(number(word), number(word)),
    "--xor-mark": (word) => xmark(number(word), 0),
  },
});
