import { sameValue } from "../model/equal.js";
import { isNot, type Options } from "../model/rule.js";
import type { Context } from "./extension.js";
import { type AnyKind, type AnyOption, type Has, type Kind, type Option, surface } from "./option-form.js";

/** What stands in the struct where the option is not given; it may follow from the other options and the family. */
type Absent<V> = V | ((options: Options, ctx: Context) => V);

/** Absent means "holds this value"; negation, if any, is a mask of field `inverted`. */
export function unless<Info, V>(absent: Absent<V>, kind: Kind<Info, V>): Option<Info, V, false>;
export function unless<Info, V, I extends string>(
  absent: Absent<V>,
  kind: Kind<Info, V>,
  inverted: I,
  mask: number,
): Option<Info & Has<I>, V, true>;
export function unless(absent: unknown, kind: AnyKind, inverted?: string, mask = 1): AnyOption {
  return stored(kind, absent, true, inverted, mask);
}

/** Always there once decoded, and printed: the struct has no notion of absence. */
export function always<Info, V>(absent: Absent<V>, kind: Kind<Info, V>): Option<Info, V, false>;
export function always<Info, V, I extends string>(
  absent: Absent<V>,
  kind: Kind<Info, V>,
  inverted: I,
  mask: number,
): Option<Info & Has<I>, V, true>;
export function always(absent: unknown, kind: AnyKind, inverted?: string, mask = 1): AnyOption {
  return stored(kind, absent, false, inverted, mask);
}

/** Always there, because the extension needs it (`need`): it has no absent value. */
export function required<Info, V>(kind: Kind<Info, V>): Option<Info, V, false>;
export function required<Info, V, I extends string>(
  kind: Kind<Info, V>,
  inverted: I,
  mask: number,
): Option<Info & Has<I>, V, true>;
export function required(kind: AnyKind, inverted?: string, mask = 1): AnyOption {
  return stored(kind, undefined, false, inverted, mask);
}

function stored(
  kind: AnyKind,
  absent: unknown,
  hide: boolean,
  inverted: string | undefined,
  mask: number,
): AnyOption {
  const simple = typeof absent !== "object" && typeof absent !== "function";
  const constant = absent !== undefined && typeof absent !== "function";
  return {
    negatable: inverted !== undefined,
    ...surface(kind),
    ...(constant && hide && { implied: (value) => sameValue(value, absent) }),
    ...(constant && !hide && { standing: absent }),
    bind(slots) {
      const { store, load, rewrite } = kind.bind(slots),
        inv = inverted === undefined ? undefined : slots[inverted];
      const whenAbsent: Pick<ReturnType<AnyOption["bind"]>, "init" | "late"> = typeof absent === "function"
        ? {
            late(b, o, value, options, ctx) {
              if (value === undefined) store(b, o, absent(options, ctx), ctx);
            },
          }
        : absent === undefined
          ? {}
          : { init: (b, o, ctx) => store(b, o, absent, ctx) };
      return {
        ...whenAbsent,
        ...(rewrite && { rewrite }),
        set(b, o, value, ctx) {
          if (inv && isNot(value)) inv.set(b, o, inv.get(b, o) | mask);
          store(b, o, isNot(value) ? value.not : value, ctx);
        },
        get(b, o, ctx, sofar) {
          const value: unknown = load(b, o, ctx);
          if (inv && inv.get(b, o) & mask) return { not: value };
          if (!hide) return value;
          if (simple) return value === absent ? undefined : value;
          const none: unknown = typeof absent === "function" ? absent(sofar, ctx) : absent;
          return sameValue(value, none) ? undefined : value;
        },
      };
    },
  };
}
