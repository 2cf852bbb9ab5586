import type { Slots } from "../codec/struct.js";
import type { Options } from "../model/rule.js";
import type { Context } from "./extension.js";
import type { Option } from "./option-form.js";

interface Dependence<More> {
  /** Decoded only beside these other options, which are declared before. */
  readonly beside?: (sofar: Options) => boolean;
  /** Decoded only while the struct says so. */
  readonly shown?: (slots: Slots<More>) => (bytes: Uint8Array, base: number) => boolean;
  /** Stored after the others, because its kind reads what they stored. */
  readonly last?: boolean;
}

/** An option that is not told by its own fields alone. */
export function depending<Info, V, N extends boolean, More = unknown>(
  { beside, shown, last = false }: Dependence<More>,
  option: Option<Info, V, N>,
): Option<Info & More, V, N> {
  const { implied: _, standing: __, ...rest } = option;
  return {
    ...rest,
    bind(slots) {
      const bound = option.bind(slots),
        show = shown?.(slots);
      return {
        ...bound,
        get: (b, o, ctx, sofar) =>
          (beside && !beside(sofar)) || (show && !show(b, o)) ? undefined : bound.get(b, o, ctx, sofar),
        ...(last && {
          set() {},
          late(b, o, value, options, ctx) {
            if (value === undefined) bound.late?.(b, o, value, options, ctx);
            else bound.set(b, o, value, ctx);
          },
        }),
      };
    },
  };
}

/** An option that iptables-save leaves out of some lines, although the struct holds it. */
export function printedIf<Info, V, N extends boolean>(
  printed: (options: Options, ctx: Context) => boolean,
  option: Option<Info, V, N>,
): Option<Info, V, N> {
  return { ...option, printed };
}

/** `!` is not stored: it turns the value into its complement while parsing. */
export function folding<Info, V>(
  option: Option<Info, V, false>,
  fold: (value: V) => V,
): Option<Info, V, false> {
  return { ...option, fold };
}
