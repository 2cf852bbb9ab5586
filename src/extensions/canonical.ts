import { fail, isRampartError } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import { noNames } from "../model/names.js";
import { BY_HAND } from "../model/profile.js";
import { isNot, type Options } from "../model/rule.js";
import type { Context } from "./extension.js";
import type { AnyOption } from "./option-form.js";

/** Freezes what it reaches and returns it. Not for cyclic values: options are plain data. */
export function deepFreeze<V>(value: V): V {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const key in value) {
    const inner: unknown = value[key];
    if (typeof inner === "object") deepFreeze(inner);
  }
  return Object.freeze(value);
}

/** A machine without sets, services and protocols: hand-made values are numbers already, and sets are looked up late. */
const nowhere = (family: Family): Context => ({
  family,
  names: noNames,
  profile: BY_HAND,
  setIndex: () => 0,
  setName: () => "",
});
const NOWHERE = FAMILIES.map(nowhere);

/** A value made by hand, through the words it would be typed as: what they cannot say is refused. */
function canonicalValue(option: AnyOption, label: string, value: unknown): unknown {
  if (option.canonical) return option.canonical(value);
  if (option.words === 0) return value === true || fail(`${label}: true is its only value`);
  let problem: unknown;
  for (const ctx of NOWHERE)
    try {
      const words = option.wordsOf?.(value) ?? option.print(value, ctx).split(" ");
      return option.parse(words.map(String), ctx);
    } catch (error) {
      problem ??= error;
    }
  const why = isRampartError(problem, "invalid-value") ? problem.context.problem : "not such a value";
  return fail(`${label}: ${why}: ${JSON.stringify(value)}`);
}

/** Options made by hand in their one form: declared order, canonical values; unknown ones are refused. */
export function canonicalOptions(
  name: string,
  entries: readonly (readonly [key: string, option: AnyOption])[],
  options: Options,
): Options {
  const out: Record<string, unknown> = {};
  let left = 0;
  for (const key in options) if (options[key] !== undefined) left++;
  for (const [key, option] of entries) {
    const value = options[key];
    if (value === undefined) continue;
    left--;
    const label = `${name}: ${key}`;
    if (!isNot(value)) out[key] = canonicalValue(option, label, value);
    else {
      const plain: unknown = canonicalValue(option, label, value.not);
      if (option.fold) out[key] = option.fold(plain);
      else out[key] = option.negatable ? { not: plain } : fail(`${label} cannot be inverted`);
    }
  }
  if (left > 0) {
    const known = new Set(entries.map(([key]) => key));
    fail(`${name}: unknown option "${Object.keys(options).find((key) => !known.has(key))}"`);
  }
  return deepFreeze(out);
}
