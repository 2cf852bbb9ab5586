import type { Layout, Slot, Struct, Values } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { isNot, type Not, type Options, type Part } from "../model/rule.js";
import { canonicalOptions } from "./canonical.js";
import type { Alias, Context, Extension, KernelObject, RuleFacts } from "./extension.js";
import { kebab } from "./long-option.js";
import type { AnyOption, Option } from "./option-form.js";
import { makePart } from "./part.js";
import { type PerFamily, type Plan, pick, planFor } from "./plan.js";
import type { Revision } from "./revision.js";

// biome-ignore lint/suspicious/noExplicitAny: each option has its own value; `OptionsOf` tells them apart
export type Specs<Info> = Readonly<Record<string, Option<Info, any, boolean>>>;
// biome-ignore lint/suspicious/noExplicitAny: only the value and the negation are asked for
type ValueIn<O> = O extends Option<any, infer V, infer N> ? (N extends true ? V | Not<V> : V) : never;
/** The options of an extension as its users write them. */
export type OptionsOf<O> = { readonly [K in keyof O]?: ValueIn<O[K]> };

/** What is declared once; bytes, words and types follow from it. */
export interface Spec<L extends Layout, O> {
  readonly revision: PerFamily<number>;
  readonly info: PerFamily<Struct<L>>;
  /** Keys are iptables' long options in camelCase; key order is print order. */
  readonly options: O;
  readonly aliases?: Readonly<Record<string, Alias>>;
  readonly need?: "one" | "exactly one" | readonly (keyof O & string)[];
  /** This extension is a face of another one: the kernel sees `name`, and `mask` of `field` tells them apart. */
  readonly faceOf?: { readonly name: string; readonly field: keyof L & string; readonly mask: number };
  /** The option that begins another element, and those that belong to elements: behind it, to the last one begun. */
  readonly again?: { readonly by: keyof O & string; readonly keys: readonly string[] };
  /** Other revisions that a table may hold. */
  readonly revisions?: readonly Revision[];
  /** Its bytes depend on the network namespace. */
  readonly local?: boolean;
  /** Its words depend on the names that this host has for numbers. */
  readonly named?: boolean;
  /** What fields hold while no option is given that fills them; most are no option at all. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Fields that are no option: computed from the ones stored. */
  readonly finish?: (
    slots: {
      readonly [K in keyof Values<L>]: Slot<Values<L>[K]>;
    },
  ) => (bytes: Uint8Array, base: number) => void;
  /** What options come to that stand for several others, or are rounded by others; the keys are in the order typed. */
  readonly resolve?: (options: OptionsOf<O>) => OptionsOf<O>;
  /** What options that overwrite each other come to; the keys are in the order in which they were typed. */
  readonly merge?: (options: OptionsOf<O>) => OptionsOf<O>;
  /** What iptables-save says behind the name, where it is not one option after the other. */
  readonly print?: (options: OptionsOf<O>) => string;
  /** What the options name that the kernel must have when the rule gets there. */
  readonly objects?: (options: OptionsOf<O>) => readonly KernelObject[];
  /** What the options must satisfy together. */
  readonly check?: (options: OptionsOf<O>, ctx: Context) => void;
  /** What the rule around must satisfy. */
  readonly checkRule?: (options: OptionsOf<O>, rule: RuleFacts, ctx: Context) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: the types were checked by `match` and `target`
type AnySpec = Spec<any, Record<string, AnyOption>>;

function checkNeed(name: string, { need, options: specs }: AnySpec, options: Options): void {
  if (need === undefined) return;
  if (typeof need !== "string") {
    for (let i = 0; i < need.length; i++)
      if (options[need[i]!] === undefined) fail(`${name}: option "${kebab(need[i]!)}" must be specified`);
    return;
  }
  let count = 0;
  for (const _ in options) count++;
  if (need === "one" ? count > 0 : count === 1) return;
  const how = need === "one" ? "at least" : "exactly",
    all = Object.keys(specs).map(kebab).join(", ");
  fail(`${name}: ${how} one option is required: ${all}`);
}

function declare(kind: "match" | "target", name: string, spec: AnySpec, other?: Revision): Extension {
  const entries = Object.entries(spec.options);
  const printed = entries.map(([key, option]) => ({ key, option, text: ` ${kebab(key)}` }));
  const intro = kind === "match" ? `-m ${name}` : `-j ${name}`;
  const face = other?.wire === undefined ? spec.faceOf : undefined,
    revision = other ? other.revision : spec.revision,
    stored = other ? Object.entries(other.options) : entries;
  const { faceOf: _, finish: __, ...rest } = spec,
    layout = other
      ? { ...rest, ...(face && { faceOf: face }), info: other.info, fixed: other.fixed ?? {} }
      : spec;
  const plans = { ipv4: planFor(layout, stored, "ipv4"), ipv6: planFor(layout, stored, "ipv6") };
  const planOf = (family: Family): Plan => plans[family] ?? fail(`${name} does not exist for ${family}`);
  const resolved = (options: Options): Options => spec.resolve?.(options) ?? options;
  const checkOptions = (options: Options, ctx: Context): void => {
    checkNeed(name, spec, options);
    spec.check?.(options, ctx);
  };
  const { objects } = spec;
  const checkRule = objects
    ? (options: Options, rule: RuleFacts, ctx: Context): void => {
        spec.checkRule?.(options, rule, ctx);
        if (ctx.need) for (const one of objects(options)) ctx.need(one, rule);
      }
    : spec.checkRule;
  return {
    kind,
    name,
    wire: other?.wire ?? face?.name ?? name,
    others: other ? [] : (spec.revisions ?? []).map((one) => declare(kind, name, spec, one)),
    tagged: face !== undefined,
    local: spec.local ?? false,
    named: spec.named ?? false,
    refers: objects !== undefined,
    again: spec.again,
    specs: spec.options,
    aliases: spec.aliases ?? {},
    revision: (family) => (plans[family] ? pick(revision, family) : undefined),
    struct: (family) => plans[family]?.struct,
    size: (family) => planOf(family).size,
    owns: (bytes, base, family) => plans[family]?.owns(bytes, base) ?? false,
    same: (a, aBase, b, bBase, family) => planOf(family).same(a, aBase, b, bBase),
    encode(bytes, base, options, ctx) {
      const plan = planOf(ctx.family);
      bytes.set(plan.template(ctx), base);
      for (const key in options) {
        const value = options[key];
        if (value === undefined) continue;
        const bound = plan.byKey.get(key) ?? fail(`${name}: unknown option "${key}"`);
        bound.set(bytes, base, value, ctx);
      }
      for (let i = 0; i < plan.late.length; i++) {
        const { key, bound } = plan.late[i]!;
        bound.late!(bytes, base, options[key], options, ctx);
      }
      plan.finish?.(bytes, base);
    },
    rewriter(key, family) {
      const plan = plans[family],
        alone = !spec.check && !spec.merge && !plan?.finish && !plan?.late.length;
      return alone ? plan?.byKey.get(key)?.rewrite : undefined;
    },
    decode(bytes, base, ctx) {
      const out: Record<string, unknown> = {},
        { steps } = planOf(ctx.family);
      for (let i = 0; i < steps.length; i++) {
        const { key, bound, at, mask, is } = steps[i]!;
        if (mask !== 0 && (bytes[base + at]! & mask) !== is) continue;
        const value: unknown = bound.get(bytes, base, ctx, out);
        if (value !== undefined) out[key] = value;
      }
      return out;
    },
    settle(options) {
      const out: Record<string, unknown> = {},
        whole = resolved(options),
        merged: Options = spec.merge?.(whole) ?? whole;
      for (let i = 0; i < entries.length; i++) {
        const [key, option] = entries[i]!,
          value = merged[key] ?? option.standing;
        if (value !== undefined && option.implied?.(value) !== true)
          out[key] = option.canonical ? option.canonical(value) : value;
      }
      return out;
    },
    canonical(options) {
      const canonical = resolved(canonicalOptions(name, entries, options));
      checkNeed(name, spec, canonical);
      const merged = spec.merge?.(canonical) ?? canonical;
      for (const key in canonical)
        if (merged[key] !== canonical[key]) fail(`${name}: ${key} cannot stand beside the other options`);
      return canonical;
    },
    checkOptions,
    checkRule,
    check(options, ctx, rule) {
      checkOptions(options, ctx);
      checkRule?.(options, rule, ctx);
    },
    print(options, ctx) {
      let line = intro;
      if (spec.print) return line + spec.print(options);
      for (const { key, option, text } of printed) {
        const given = options[key];
        if (given === undefined) {
          if (option.unsaid) line += `${text} ${option.unsaid(ctx)}`;
          continue;
        }
        if (option.printed?.(options, ctx) === false) continue;
        if (isNot(given)) line += " !";
        line += text;
        const said = option.print(isNot(given) ? given.not : given, ctx);
        if (option.words > 0 || said !== "") line += ` ${said}`;
      }
      return line;
    },
  };
}

/** The extension, and at once the factory of its parts: `tcp({ dport: 22 })`. */
export interface Factory<N extends string, O> extends Extension {
  readonly name: N;
  /** Throws "invalid-value" for what is no such option or no such value. */
  (
    options?: [keyof O] extends [never] ? Readonly<Record<string, never>> : OptionsOf<O>,
  ): Part<N, OptionsOf<O>>;
}
function factory(extension: Extension): Extension {
  const make = (options: Options = {}): Part => makePart(self, extension.canonical(options));
  const { name, ...rest } = extension;
  const self: Extension = Object.assign(Object.defineProperty(make, "name", { value: name }), rest);
  return self;
}

/** A `merge` in which the last one of `keys` counts. */
export const lastOf =
  (...keys: readonly string[]) =>
  <O extends Options>(options: O): O => {
    const given = Object.keys(options).filter((key) => keys.includes(key) && options[key] !== undefined);
    if (given.length < 2) return options;
    const last = given.at(-1);
    return Object.fromEntries(
      Object.entries(options).filter(([key]) => key === last || !given.includes(key)),
    ) as O;
  };

/** Declares a match. */
export const match = <const N extends string, L extends Layout, O extends Specs<Values<L>>>(
  name: N,
  spec: Spec<L, O>,
): Factory<N, O> => factory(declare("match", name, spec as unknown as AnySpec)) as Factory<N, O>;
/** Declares a target. */
export const target = <const N extends string, L extends Layout, O extends Specs<Values<L>>>(
  name: N,
  spec: Spec<L, O>,
): Factory<N, O> => factory(declare("target", name, spec as unknown as AnySpec)) as Factory<N, O>;
