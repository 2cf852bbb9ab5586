import { fail } from "../errors.js";
import { isNot } from "../model/rule.js";
import {
  type AnyKind,
  type AnyOption,
  guard,
  type Has,
  type Kind,
  nothing,
  type Option,
  surface,
} from "./option-form.js";

/** An option without words that can be negated. */
export const eitherWay: Kind<unknown, true> = { ...nothing };

/** Presence is one mask of field `present`, negation one mask of `inverted` (which may be the same field). */
export function flags<P extends string, I extends string = never>(present: P, inverted?: I) {
  type Masks = Has<P | I>;
  type Negates = [I] extends [never] ? false : true;
  /** `not`: the bit of `inverted`, where it is not the bit of `present`. */
  function given<Info, V>(mask: number, kind: Kind<Info, V>, not?: number): Option<Info & Masks, V, Negates>;
  /** Without a kind: an option without words is its bit. */
  function given(mask: number): Option<Masks, true, false>;
  function given(mask: number, kind: AnyKind = nothing, not = mask): AnyOption {
    const negatable = inverted !== undefined && kind !== nothing;
    return {
      negatable,
      ...surface(kind),
      bind(slots) {
        const on = slots[present]!,
          inv = negatable ? slots[inverted] : undefined,
          { store, load, rewrite } = kind.bind(slots);
        return {
          ...guard(on, mask, mask),
          ...(rewrite && { rewrite }),
          set(b, o, value, ctx) {
            on.set(b, o, on.get(b, o) | mask);
            if (inv && isNot(value)) inv.set(b, o, inv.get(b, o) | not);
            store(b, o, isNot(value) ? value.not : value, ctx);
          },
          get(b, o, ctx) {
            if ((on.get(b, o) & mask) !== mask) return undefined;
            const value: unknown = load(b, o, ctx);
            return inv && inv.get(b, o) & not ? { not: value } : value;
          },
        };
      },
    };
  }
  /** One of two words: the inversion bit itself is the value. `not`: that bit, where it is not the one of presence. */
  const sign = <const A extends string, const B extends string>(
    mask: number,
    yes: A,
    no: B,
    not = mask,
  ): Option<Masks, A | B, false> => ({
    negatable: false,
    words: 1,
    print: (value) => value,
    parse: ([word = ""]) =>
      [yes, no].find((one) => one === word.toUpperCase()) ?? fail(`"${word}" is neither ${yes} nor ${no}`),
    bind(slots) {
      const on = slots[present],
        inv = slots[inverted!];
      return {
        ...guard(on, mask, mask),
        set(b, o, value) {
          on.set(b, o, on.get(b, o) | mask);
          if (value === no) inv.set(b, o, inv.get(b, o) | not);
        },
        get: (b, o) => ((on.get(b, o) & mask) === mask ? (inv.get(b, o) & not ? no : yes) : undefined),
      };
    },
  });
  return Object.assign(given, { sign });
}
