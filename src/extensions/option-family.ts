import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Bound, Option } from "./option-form.js";

/** An option that one family alone has; the other one's struct lacks `field`. */
export function onlyIn<Info, V, N extends boolean>(
  family: Family,
  field: string & keyof Info,
  option: Option<Info, V, N>,
): Option<Info, V, N> {
  const refuse = (): never => fail(`an option for ${family} only`);
  const absent: Bound<V> = { set: refuse, get: () => undefined };
  return {
    ...option,
    only: family,
    parse: (words, ctx) => (ctx.family === family ? option.parse(words, ctx) : refuse()),
    bind: (slots) => (field in slots ? option.bind(slots) : absent),
  };
}
