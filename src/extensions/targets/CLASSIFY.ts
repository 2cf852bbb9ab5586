import { struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { mapped } from "../kinds.js";
import { fail, required } from "../option.js";

const info = struct("xt_classify_target_info", "linux/netfilter/xt_CLASSIFY.h", { priority: u32 });

/** A class of tc, always in hex: `1:a`. */
export type TrafficClass = `${string}:${string}`;

/** As sscanf reads them: blanks and a sign may stand before, anything behind, and four digits are kept. */
const HALVES = /^\s*([+-]?)(0x[\da-f]*|[\da-f]+):\s*([+-]?)(0x[\da-f]*|[\da-f]+)/i;
const LARGEST = 2n ** 64n - 1n;
function half(sign: string, digits: string): number {
  const hex = BigInt(`0x0${digits.replace(/^0x/i, "")}`),
    kept = hex > LARGEST ? LARGEST : sign === "-" ? -hex : hex;
  return Number(BigInt.asUintN(16, kept));
}
const four = (n: number): string => n.toString(16).padStart(4, "0");
const classOf = (n: number): TrafficClass => `${four(n >>> 16)}:${four(n & 0xffff)}`;
function priority(word: string): number {
  const halves = HALVES.exec(word) ?? fail(`"${word}" is no class: MAJOR:MINOR in hex, as in 1:a`);
  const [, majorSign = "", major = "", minorSign = "", minor = ""] = halves;
  return ((half(majorSign, major) << 16) | half(minorSign, minor)) >>> 0;
}

/**
 * `-j CLASSIFY`: puts the packet into a class of the queueing discipline.
 *
 * @example classify({ setClass: "1:a" })
 */
export const classify = target("CLASSIFY", {
  revision: 0,
  info,
  need: ["setClass"],
  options: {
    /** The class, `MAJOR:MINOR`, both in hex and 0 to ffff; four digits each once canonical. */
    setClass: required(
      mapped("priority", priority, classOf, {
        parse: (word) => classOf(priority(word)),
        print: (value) => value,
      }),
    ),
  },
});
