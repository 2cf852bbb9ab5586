import { be16, innerSlots, type Slots, struct } from "../codec/struct.js";
import { integer } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

export const PORT = 0xffff,
  SPI = 0xffff_ffff;
/** A union: both ports, or the SPI of ESP and AH over them. */
export const hmarkPorts = struct(
  "hmark_ports",
  "linux/netfilter/xt_HMARK.h",
  { src: be16, dst: be16 },
  { src: "b16.src", dst: "b16.dst" },
);
type Ports = Slots<{ src: number; dst: number }>;
const hex = (n: number, digits: number): string => `0x${n.toString(16).padStart(digits, "0")}`;

/** A port in that union. */
export const port = <F extends string>(field: F, side: "src" | "dst"): Kind<Has<F, Ports>, number> => ({
  parse: ([word = ""]) => integer(word, PORT),
  print: (value) => hex(value, 4),
  bind: ({ [field]: both }) => {
    const { [side]: slot } = innerSlots(both);
    return { store: (b, o, value) => slot.set(b, o, value), load: (b, o) => slot.get(b, o) };
  },
});
/** The SPI in it. */
export const spi = <F extends string>(field: F): Kind<Has<F, Ports>, number> => ({
  parse: ([word = ""]) => integer(word, SPI),
  print: (value) => hex(value, 8),
  bind: ({ [field]: both }) => {
    const { src, dst } = innerSlots(both);
    return {
      store(b, o, value) {
        src.set(b, o, value >>> 16);
        dst.set(b, o, value & PORT);
      },
      load: (b, o) => src.get(b, o) * 0x1_0000 + dst.get(b, o),
    };
  },
});

interface Set {
  readonly hmarkSport?: number;
  readonly hmarkDport?: number;
  readonly hmarkSpi?: number;
}
/** What is left of an SPI and ports that were written over each other, in the order in which they were typed. */
export function overlaid<O extends Set>(o: O): O {
  const { hmarkSport, hmarkDport, hmarkSpi } = o;
  if (hmarkSpi === undefined || (hmarkSport ?? hmarkDport) === undefined) return o;
  let all = 0;
  for (const key in o) {
    if (key === "hmarkSpi") all = hmarkSpi;
    if (key === "hmarkSport") all = (all & PORT) | (hmarkSport! << 16);
    if (key === "hmarkDport") all = (all & ~PORT) | hmarkDport!;
  }
  return {
    ...o,
    hmarkSpi: all >>> 0,
    ...(hmarkSport !== undefined && { hmarkSport: all >>> 16 }),
    ...(hmarkDport !== undefined && { hmarkDport: all & PORT }),
  };
}
