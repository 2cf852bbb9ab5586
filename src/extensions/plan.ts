import type { Layout, Slot, Struct } from "../codec/struct.js";
import type { Family } from "../model/family.js";
import type { Context } from "./extension.js";
import type { AnyOption, Bound } from "./option-form.js";

/** One for both families, or one for each family that has it. */
export type PerFamily<T> = T | { readonly [F in Family]?: T };
const isPerFamily = <T>(value: PerFamily<T>): value is { readonly [F in Family]?: T } =>
  typeof value === "object" && value !== null && !("slots" in value) && ("ipv4" in value || "ipv6" in value);
export const pick = <T>(value: PerFamily<T>, family: Family): T | undefined =>
  isPerFamily(value) ? value[family] : value;

// biome-ignore lint/suspicious/noExplicitAny: bound options are of every type
type AnyBound = Bound<any>;
/** One option in decoding: its guard, spread out, and the option itself. */
export interface Step {
  readonly key: string;
  readonly bound: AnyBound;
  readonly at: number;
  readonly mask: number;
  readonly is: number;
}
/** An extension over the struct of one family. */
export interface Plan {
  readonly struct: Struct<Layout>;
  /** Padded as XT_ALIGN pads. */
  readonly size: number;
  readonly steps: readonly Step[];
  readonly byKey: ReadonlyMap<string, AnyBound>;
  readonly late: readonly Step[];
  readonly finish: ((bytes: Uint8Array, base: number) => void) | undefined;
  /** Every absent option at its absent value: encoding copies it, then writes only what was given. */
  template(ctx: Context): Uint8Array;
  owns(bytes: Uint8Array, base: number): boolean;
  same: Slot<unknown>["same"];
}
interface Planned {
  readonly info: PerFamily<Struct<Layout>>;
  readonly faceOf?: { readonly field: string; readonly mask: number };
  readonly fixed?: Readonly<Record<string, number>>;
  // biome-ignore lint/suspicious/noExplicitAny: slots of every struct
  readonly finish?: (slots: any) => (bytes: Uint8Array, base: number) => void;
}

/** Undefined where the family has no such extension. */
export function planFor(
  { info, faceOf: face, fixed = {}, finish }: Planned,
  entries: readonly (readonly [key: string, option: AnyOption])[],
  family: Family,
): Plan | undefined {
  const struct = pick(info, family);
  if (!struct) return undefined;
  const slots = struct.slots as Readonly<Record<string, Slot<number>>>,
    all = Object.values(slots),
    size = (struct.size + 7) & ~7,
    tag = face && slots[face.field]!;
  const steps = entries.map(([key, option]): Step => {
    const bound = option.bind(slots);
    return { key, bound, ...(bound.guard ?? { at: 0, mask: 0, is: 0 }) };
  });
  let template: Uint8Array | undefined;
  return {
    struct,
    size,
    steps,
    byKey: new Map(steps.map((step) => [step.key, step.bound])),
    late: steps.filter((step) => step.bound.late),
    finish: finish?.(slots),
    template(ctx) {
      if (template) return template;
      const bytes = new Uint8Array(size);
      for (const { bound } of steps) bound.init?.(bytes, 0, ctx);
      for (const field in fixed) slots[field]?.set(bytes, 0, fixed[field]!);
      if (tag) tag.set(bytes, 0, face.mask);
      return (template = bytes);
    },
    owns: (bytes, base) => !tag || (tag.get(bytes, base) & face!.mask) === face!.mask,
    same: (a, aBase, b, bBase) => all.every((slot) => slot.same(a, aBase, b, bBase)),
  };
}
