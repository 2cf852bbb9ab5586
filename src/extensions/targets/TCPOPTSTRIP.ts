import { array, innerSlots, type Slot, struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { integer } from "../kinds.js";
import { fail, type Has, type Kind, unless } from "../option.js";
import { tcpOption } from "../tcp-options.js";

const WORDS = 8;
const info = struct(
  "xt_tcpoptstrip_target_info",
  "linux/netfilter/xt_TCPOPTSTRIP.h",
  { bitmap: array(WORDS, u32) },
  { bitmap: "strip_bmap" },
);
/** 0 and 1 end and pad the list of options. */
const number = (word: string): number => tcpOption(word) ?? integer(word, 255, 2);

const list: Kind<Has<"bitmap", Slot<number>[]>, readonly number[]> = {
  parse([word = ""]) {
    const numbers = word
        .split(",")
        .map(number)
        .sort((a, b) => a - b),
      twice = numbers.find((n, i) => n === numbers[i - 1]);
    return twice === undefined ? numbers : fail(`option ${twice} stands there twice`);
  },
  print: (value) => value.join(","),
  bind: ({ bitmap }) => {
    const slots = innerSlots(bitmap);
    return {
      store(b, o, value) {
        for (const n of value) {
          const slot = slots[n >> 5]!;
          slot.set(b, o, slot.get(b, o) | (1 << (n & 31)));
        }
      },
      load: (b, o) =>
        slots.flatMap((slot, i) => {
          const bits = slot.get(b, o);
          return bits === 0
            ? []
            : [...Array(32).keys()].filter((n) => (bits >>> n) & 1).map((n) => 32 * i + n);
        }),
    };
  },
};

/**
 * `-j TCPOPTSTRIP`, in mangle only: overwrites TCP options with padding. The kernel takes it with `-p tcp` only.
 *
 * @example tcpoptstrip({ stripOptions: [8, 19] }) // timestamp and md5
 */
export const tcpoptstrip = target("TCPOPTSTRIP", {
  revision: 0,
  info,
  options: {
    /** The options by number, 2 to 255, each once; none unless given. In text they may have names: `mss,sack`. */
    stripOptions: unless<Has<"bitmap", Slot<number>[]>, readonly number[]>([], list),
  },
});
