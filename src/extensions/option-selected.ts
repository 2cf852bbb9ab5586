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

interface Selection<I extends string> {
  /** The bits of the field that tell; all of them unless said. */
  readonly mask?: number;
  /** The field that says whether the selected option was negated, and its bit. */
  readonly inverted?: I;
  readonly not?: number;
}

/** One of several options, told apart by the value of `field` under `mask`. */
export function selected<F extends string, I extends string = never>(
  field: F,
  { mask = -1, inverted, not = 1 }: Selection<I> = {},
) {
  type Negates = [I] extends [never] ? false : true;
  function when<Info, V>(is: number, kind: Kind<Info, V>): Option<Info & Has<F | I>, V, Negates>;
  function when(is: number): Option<Has<F | I>, true, Negates>;
  function when(is: number, kind: AnyKind = nothing): AnyOption {
    return {
      negatable: inverted !== undefined,
      ...surface(kind),
      bind(slots) {
        const which = slots[field]!,
          inv = inverted === undefined ? undefined : slots[inverted],
          { store, load, rewrite } = kind.bind(slots);
        return {
          ...guard(which, mask, is),
          ...(rewrite && { rewrite }),
          set(b, o, value, ctx) {
            which.set(b, o, (which.get(b, o) & ~mask) | is);
            if (inv && isNot(value)) inv.set(b, o, inv.get(b, o) | not);
            store(b, o, isNot(value) ? value.not : value, ctx);
          },
          get(b, o, ctx) {
            if ((which.get(b, o) & mask) !== is) return undefined;
            const value: unknown = load(b, o, ctx);
            return inv && inv.get(b, o) & not ? { not: value } : value;
          },
        };
      },
    };
  }
  return when;
}
