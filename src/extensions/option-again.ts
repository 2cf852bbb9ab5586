import { innerSlots, type Slot, type Slots } from "../codec/struct.js";
import { fail } from "../errors.js";
import { isNot, type Options } from "../model/rule.js";
import { canonicalOptions } from "./canonical.js";
import type { Context } from "./extension.js";
import { kebab } from "./long-option.js";
import type { AnyOption, Has, Option } from "./option-form.js";

/** An option whose fields lie in the struct that is field `field`. */
export const within = <F extends string, Info, V, N extends boolean>(
  field: F,
  option: Option<Info, V, N>,
): Option<Has<F, Slots<Info>>, V, N> => ({
  ...option,
  bind: (slots) => option.bind(innerSlots(slots[field])),
});

// biome-ignore lint/suspicious/noExplicitAny: the options of an element are of every value; the element's type tells them apart
type ElementOptions = Readonly<Record<string, Option<any, any, boolean>>>;
interface Again {
  /** The option that begins another element. */
  readonly by: string;
  /** The options of an element, in print order. */
  readonly of: ElementOptions;
  /** The structs that hold the elements behind the first. */
  readonly fields: readonly string[];
  /** How many elements the struct holds, the first one included. */
  readonly count: string;
}

/** What `--next` begins: further elements, each with options like the first one's. */
export function again<E extends object>({
  by,
  of,
  fields,
  count,
}: Again): Option<unknown, readonly E[], false> {
  const entries = Object.entries(of) as [string, AnyOption][];
  const words = (element: E, ctx: Context): string =>
    entries
      .flatMap(([key, option]) => {
        const value = (element as Options)[key];
        if (value === undefined) return [];
        const plain: unknown = isNot(value) ? value.not : value;
        return [`${isNot(value) ? "! " : ""}${kebab(key)} ${option.print(plain, ctx)}`];
      })
      .join(" ");
  return {
    negatable: false,
    words: 0,
    parse: () => fail(`${kebab(by)} begins another element`),
    print: (elements, ctx) => elements.map((element) => words(element, ctx)).join(` ${kebab(by)} `),
    canonical: (elements) =>
      Array.isArray(elements)
        ? elements.map((element: E) => canonicalOptions(kebab(by), entries, element as Options) as E)
        : fail(`${by}: a list of elements is needed`),
    bind(slots) {
      const structs = fields.map((field) => {
        const inner = innerSlots((slots as unknown as Record<string, Slot<Slots<never>>>)[field]!);
        return entries.map(([key, option]) => ({ key, bound: option.bind(inner) }));
      });
      const length = (slots as unknown as Record<string, Slot<number>>)[count]!;
      return {
        set(b, o, value, ctx) {
          const elements = isNot(value) ? value.not : value;
          if (elements.length > structs.length) fail(`${kebab(by)}: at most ${structs.length} times`);
          length.set(b, o, 1 + elements.length);
          for (const [i, element] of elements.entries())
            for (const { key, bound } of structs[i]!)
              if ((element as Options)[key] !== undefined)
                bound.set(b, o, (element as Options)[key] as never, ctx);
        },
        get(b, o, ctx) {
          const more = length.get(b, o) - 1;
          if (more <= 0) return undefined;
          if (more > structs.length) fail(`${kebab(by)}: ${more} times`);
          return structs.slice(0, more).map((options) => {
            const element: Record<string, unknown> = {};
            for (const { key, bound } of options) {
              const value: unknown = bound.get(b, o, ctx, element);
              if (value !== undefined) element[key] = value;
            }
            return element as E;
          });
        },
      };
    },
  };
}
