import {
  type CName,
  type Field,
  type Layout,
  type Slot,
  type Slots,
  sameBytes,
  type Values,
} from "./slot.js";

export { be16, LITTLE, u8, u16, u16At, u32, u64, type Wide } from "./scalars.js";
export type { CName, Field, Layout, Slot, Slots, Values } from "./slot.js";
export { byteLength, cstring, cutText, putText, textAt, textEnd } from "./text.js";

/** An address is reached by its place: which bytes of it count is for the family to say. */
export interface AddressBytes {
  readonly address: true;
}
const ADDRESS: AddressBytes = Object.freeze({ address: true });
const address = (size: number): Field<AddressBytes> => ({
  size,
  align: 4,
  slot: (at) => ({ at, size, get: () => ADDRESS, set() {}, same: sameBytes(at, size) }),
});
/** `union nf_inet_addr`: 16 bytes, IPv4 in the first four. */
export const inetAddr = address(16);
/** A bare `__be32`. */
export const inetAddr4 = address(4);

export function array<V>(length: number, of: Field<V>): Field<Slot<V>[]> {
  const size = length * of.size;
  return {
    size,
    align: of.align,
    slot(at) {
      const items = Array.from({ length }, (_, i) => of.slot(at + i * of.size));
      return {
        at,
        size,
        get: () => items,
        set() {},
        same: (a, aBase, b, bBase) => items.every((item) => item.same(a, aBase, b, bBase)),
      };
    },
  };
}

/** A struct inside a struct: its fields are reached through it, its padding is kept. */
export function inner<L extends Layout>(of: Struct<L>): Field<Slots<Values<L>>> {
  return {
    size: of.size,
    align: of.align,
    of,
    slot(at) {
      const slots = of.at(at),
        all = Object.values(slots) as Slot<unknown>[];
      return {
        at,
        size: of.size,
        get: () => slots,
        set() {},
        same: (a, aBase, b, bBase) => all.every((slot) => slot.same(a, aBase, b, bBase)),
      };
    },
  };
}

const NOTHING = new Uint8Array(0);
/** What an `array` or an `inner` slot leads to: the slots in it do not depend on the bytes. */
export const innerSlots = <S>(slot: Slot<S>): S => slot.get(NOTHING, 0);

/** Scratch space the kernel owns: written as zero, never compared, never decoded. */
const kernel = (size: number): Field<undefined> => ({
  size,
  align: size,
  slot: (at) => ({ at, size, get: () => undefined, set() {}, same: () => true }),
});
export const kernelU16 = kernel(2);
export const kernelU32 = kernel(4);
export const kernelLong = kernel(8);
export const kernelPointer = kernel(8);

export interface Struct<L extends Layout> {
  readonly size: number;
  readonly align: number;
  readonly layout: L;
  readonly slots: Slots<Values<L>>;
  readonly c: CName | undefined;
  /** The same fields, `base` bytes further. */
  at(base: number): Slots<Values<L>>;
}

const roundUp = (n: number, align: number): number => Math.ceil(n / align) * align;

/**
 * Lays fields out as a C compiler would: natural alignment, tail padding.
 *
 * @example struct("xt_mark_mtinfo1", "linux/netfilter/xt_mark.h", { mark: u32, mask: u32, invert: u8 })
 */
export function struct<const L extends Layout>(
  name: string,
  header: string,
  layout: L,
  fields?: { readonly [K in keyof L]?: string },
): Struct<L>;
/** A struct that the kernel has, but no public header names. */
export function struct<const L extends Layout>(layout: L): Struct<L>;
export function struct(
  nameOrLayout: string | Layout,
  header = "",
  named: Layout = {},
  fields: CName["fields"] = {},
): Struct<Layout> {
  const layout = typeof nameOrLayout === "string" ? named : nameOrLayout;
  const offsets: Record<string, number> = {};
  let size = 0,
    align = 1;
  for (const [name, field] of Object.entries(layout)) {
    offsets[name] = roundUp(size, field.align);
    size = offsets[name] + field.size;
    align = Math.max(align, field.align);
  }
  const at = (base: number): Slots<Values<Layout>> =>
    Object.fromEntries(
      Object.entries(layout).map(([name, field]) => [name, field.slot(base + offsets[name]!)]),
    );
  const c = typeof nameOrLayout === "string" ? { name: nameOrLayout, header, fields } : undefined;
  return { size: roundUp(size, align), align, layout, slots: at(0), c, at };
}
