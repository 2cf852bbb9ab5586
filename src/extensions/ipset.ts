import { inner, innerSlots, type Slots, struct, u8, u16 } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind, Option } from "./option-form.js";

/** A set by its index, and which side of the packet fills each dimension. */
const reference = struct("xt_set_info", "linux/netfilter/xt_set.h", { index: u16, dim: u8, flags: u8 });
export const setReference = inner(reference);
export type Reference = Slots<{ index: number; dim: number; flags: number }>;

const MAX_DIMENSIONS = 6;
/** An index that no set can have. */
const NO_SET = 0xffff;
/** IPSET_INV_MATCH, IPSET_RETURN_NOMATCH; bit n says that dimension n comes from the source (linux/netfilter/ipset/ip_set.h). */
export const INVERT = 0x1;

const SIDES = ["src", "dst"] as const;
export type Side = (typeof SIDES)[number];
/** A set, and which addresses, ports or interfaces of the packet are looked up in it. */
export interface SetReference {
  /** The name of the set, which must exist in the namespace of the rules. */
  readonly set: string;
  /** One to six sides, in the order of the dimensions of the set. */
  readonly by: readonly Side[];
}

/** Names are words; the kernel wants an index, which only the machine can tell: `ctx` resolves both ways. */
export function setNamed<F extends string>(field: F): Kind<Has<F, Reference>, SetReference> {
  return {
    words: 2,
    parse([set = "", sides = ""], ctx) {
      const by = sides
        .split(",")
        // What stands behind the three letters does not count.
        .map((side) => SIDES.find((one) => side.startsWith(one)) ?? fail(`"${side}" is neither src nor dst`));
      if (by.length > MAX_DIMENSIONS) fail("a set has at most six dimensions");
      ctx.setIndex(set);
      return { set, by };
    },
    print: ({ set, by }) => `${set} ${by.join(",")}`,
    wordsOf: ({ set, by }) => [set, by.join(",")],
    bind: ({ [field]: outer }) => {
      const { index, dim, flags } = innerSlots(outer);
      return {
        store(b, o, { set, by }, ctx) {
          index.set(b, o, ctx.setIndex(set));
          dim.set(b, o, by.length);
          let bits = flags.get(b, o);
          for (let i = 0; i < by.length; i++) if (by[i] === "src") bits |= 2 << i;
          flags.set(b, o, bits);
        },
        load(b, o, ctx) {
          const bits = flags.get(b, o),
            dimensions = dim.get(b, o);
          if (dimensions > MAX_DIMENSIONS) fail(`a set of ${dimensions} dimensions`);
          const by = Array.from({ length: dimensions }, (_, i): Side => (bits & (2 << i) ? "src" : "dst"));
          return { set: ctx.setName(index.get(b, o)), by };
        },
      };
    },
  };
}

/** Absent means "no such set". */
export function setOrNone<F extends string>(field: F): Option<Has<F, Reference>, SetReference, false> {
  const { words = 2, bind, ...kind } = setNamed(field);
  return {
    ...kind,
    words,
    negatable: false,
    bind(slots) {
      const { store, load } = bind(slots),
        { index } = innerSlots(slots[field]);
      return {
        init(b, o) {
          index.set(b, o, NO_SET);
        },
        set: (b, o, value, ctx) => store(b, o, value as SetReference, ctx),
        get: (b, o, ctx) => (index.get(b, o) === NO_SET ? undefined : load(b, o, ctx)),
      };
    },
  };
}
