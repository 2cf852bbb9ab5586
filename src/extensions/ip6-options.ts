import { array, innerSlots, type Slot, struct, u8, u16, u32 } from "../codec/struct.js";
import { fail } from "../errors.js";
import { wideInteger } from "./kinds-wide.js";
import type { Has, Kind } from "./option-form.js";

const SLOTS = 16,
  ANY_LENGTH = 0xff;
/** Both extension headers that hold options, Hop-by-Hop and Destination, are matched by the same struct. */
export const optionsInfo = struct("ip6t_opts", "linux/netfilter_ipv6/ip6t_opts.h", {
  hdrlen: u32,
  flags: u8,
  invflags: u8,
  opts: array(SLOTS, u16),
  optsnr: u8,
});

/** An option by its type, 0 to 255; or type and length of its data in bytes, 0 to 254. */
export type HeaderOption = number | readonly [type: number, length: number];

/** As strtoul reads it: what does not fit in a byte loses the rest, negative numbers included. */
function byte(word: string, what: string): number {
  const negative = /^\s*-/.test(word),
    n = Number(BigInt(wideInteger(negative ? word.replace("-", "") : word)) & 0xffn);
  if (/^\s*[-+]?\s*$/.test(word)) fail(`no ${what}`);
  return negative ? -n & 0xff : n;
}
function parseOption(word: string): HeaderOption {
  const colon = word.indexOf(":"),
    type = byte(colon < 0 ? word : word.slice(0, colon), "type");
  if (colon < 0) return type;
  if (type === 0) fail("Pad1, type 0, has no length");
  const length = byte(word.slice(colon + 1), "length");
  return length === ANY_LENGTH ? type : [type, length];
}
/** `TYPE[:LENGTH],…`, in the order in which they stand in the header. */
export const headerOptions: Kind<Has<"optsnr"> & Has<"opts", Slot<number>[]>, readonly HeaderOption[]> = {
  parse([text = ""]) {
    const list = text.split(",").map(parseOption);
    return list.length <= SLOTS ? list : fail(`more than ${SLOTS} options`);
  },
  print: (list) => list.map((one) => (typeof one === "number" ? one : one.join(":"))).join(","),
  bind({ optsnr, opts }) {
    const slots = innerSlots(opts);
    return {
      store(b, o, list) {
        for (const [i, one] of list.entries()) {
          const [type, length] = typeof one === "number" ? [one, ANY_LENGTH] : one;
          slots[i]!.set(b, o, (type << 8) | length);
        }
        optsnr.set(b, o, list.length);
      },
      load(b, o) {
        const count = optsnr.get(b, o);
        if (count > SLOTS) fail(`${count} header options`);
        return slots.slice(0, count).map((slot) => {
          const word = slot.get(b, o),
            length = word & 0xff;
          return length === ANY_LENGTH ? word >> 8 : [word >> 8, length];
        });
      },
    };
  },
};
