import { type Field, type Slot, sameBytes } from "./slot.js";

/** Asked of memory itself, so that it can be asked in a browser. */
export const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type Access = Pick<Slot<number>, "get" | "set">;
/** Where byte `n` of a number stands, counted from the least significant one. */
const place = (at: number, size: number, little: boolean) => (n: number) => at + (little ? n : size - 1 - n);

function access(at: number, size: 1 | 2 | 4, little: boolean): Access {
  const byte = place(at, size, little);
  const a = byte(0),
    b = byte(1),
    c = byte(2),
    d = byte(3);
  if (size === 1)
    return {
      get: (m, o) => m[o + a]!,
      set(m, o, v) {
        m[o + a] = v;
      },
    };
  if (size === 2)
    return {
      get: (m, o) => m[o + a]! | (m[o + b]! << 8),
      set(m, o, v) {
        m[o + a] = v;
        m[o + b] = v >> 8;
      },
    };
  return {
    get: (m, o) => (m[o + a]! | (m[o + b]! << 8) | (m[o + c]! << 16) | (m[o + d]! << 24)) >>> 0,
    set(m, o, v) {
      m[o + a] = v;
      m[o + b] = v >> 8;
      m[o + c] = v >> 16;
      m[o + d] = v >> 24;
    },
  };
}
const integer = (size: 1 | 2 | 4, little = LITTLE): Field<number> => ({
  size,
  align: size,
  slot: (at) => ({ at, size, ...access(at, size, little), same: sameBytes(at, size) }),
});

/** A u16 where no closure for its place is at hand: the walk over the parts of a rule is hot. */
export const u16At = LITTLE
  ? (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8)
  : (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;

export const u8 = integer(1);
export const u16 = integer(2);
export const u32 = integer(4);
/** Network byte order, as ports are in NAT ranges. */
export const be16 = integer(2, false);

/** A number while that is exact, its decimal digits above 2^53 - 1. */
export type Wide = number | `${bigint}`;
const WORD = 0x1_0000_0000,
  EXACT = 0x20_0000;
export const u64: Field<Wide> = {
  size: 8,
  align: 8,
  slot(at) {
    const low = access(at + (LITTLE ? 0 : 4), 4, LITTLE),
      high = access(at + (LITTLE ? 4 : 0), 4, LITTLE);
    return {
      at,
      size: 8,
      get(m, o) {
        const h = high.get(m, o),
          l = low.get(m, o);
        return h < EXACT ? h * WORD + l : `${(BigInt(h) << 32n) | BigInt(l)}`;
      },
      set(m, o, v) {
        const exact = typeof v === "number";
        low.set(m, o, exact ? v % WORD : Number(BigInt(v) & 0xffff_ffffn));
        high.set(m, o, exact ? Math.floor(v / WORD) : Number(BigInt(v) >> 32n));
      },
      same: sameBytes(at, 8),
    };
  },
};
