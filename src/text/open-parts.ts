import { fail, isRampartError } from "../errors.js";
import type { Context, Extension, OptionSpec } from "../extensions/extension.js";
import { kebab } from "../extensions/long-option.js";
import { makePart } from "../extensions/part.js";
import type { Family } from "../model/family.js";
import type { Part } from "../model/rule.js";

/** A match or target whose options are still being read. */
export interface OpenPart {
  readonly extension: Extension;
  readonly options: Record<string, unknown>;
  /** Where its `-m` or `-j` stands among the words, and where the last word of it. */
  readonly from: number;
}
export const openPart = (extension: Extension, from: number): OpenPart => ({ extension, options: {}, from });

/** Option words of an extension, to the key in its options; aliases to an empty key. */
const named = new Map<Extension, ReadonlyMap<string, string>>();
export function namesOf(extension: Extension): ReadonlyMap<string, string> {
  const known = named.get(extension);
  if (known) return known;
  const names = new Map(Object.keys(extension.specs).map((key) => [kebab(key), key]));
  for (const alias of Object.keys(extension.aliases)) if (!alias.startsWith("!")) names.set(alias, "");
  named.set(extension, names);
  return names;
}

/** The option words that begin so, of those that the family has. */
export const namesLike = (extension: Extension, beginning: string, family: Family): readonly string[] =>
  [...namesOf(extension)]
    .filter(([name, key]) => name.startsWith(beginning) && (extension.specs[key]?.only ?? family) === family)
    .map(([name]) => name);

/** Gives one word after the other, as many as an option asks for. */
export type Take = () => string;
/** The next word, without taking it. */
export type Ahead = () => string | undefined;

/** Reads one option of a part, `name` exactly as the extension spells it. Throws "invalid-value". */
export function readOption(
  { extension, options }: OpenPart,
  name: string,
  not: boolean,
  take: Take,
  ctx: Context,
  ahead?: Ahead,
): void {
  const names = namesOf(extension),
    key = names.get(name)!,
    inverse = not ? extension.aliases[`! ${name}`] : undefined;
  if (key !== "" && inverse === undefined)
    return setOption(extension, options, key, not, take, ctx, name, ahead);
  const alias = inverse ?? extension.aliases[name]!,
    words = [...(typeof alias === "function" ? alias(take(), ctx) : alias)],
    negated = not && inverse === undefined;
  // An alias may stand for several options; the last one may take more words than the alias has.
  for (let word = words.shift(); word !== undefined; word = words.shift())
    setOption(extension, options, names.get(word)!, negated, () => words.shift() ?? take(), ctx, name, ahead);
}

function setOption(
  extension: Extension,
  options: Record<string, unknown>,
  key: string,
  not: boolean,
  take: Take,
  ctx: Context,
  said: string,
  ahead?: Ahead,
): void {
  const spec = extension.specs[key]!,
    { again } = extension,
    begun = again && (options[again.by] as Record<string, unknown>[] | undefined);
  if (key === again?.by && !not) {
    options[key] = [...(begun ?? []), {}];
    return;
  }
  // Options of the element begun last are its own.
  const element = again?.keys.includes(key) ? begun?.at(-1) : undefined;
  if (element) return setOption({ ...extension, again: undefined }, element, key, not, take, ctx, said);
  if (options[key] !== undefined) fail(`${extension.name}: option "${said}" can only be used once`);
  if (not && !spec.negatable && !spec.fold) fail(`${extension.name}: option "${said}" cannot be inverted`);
  if (spec.optional && !ahead) fail(`only the whole line tells what belongs to ${said}`);
  const missing = spec.optional && /^[-!]|^$/.test(ahead?.() ?? "");
  const words = missing ? [""] : spec.words === 1 ? [take()] : Array.from({ length: spec.words }, take);
  options[key] = readValue(spec, not, words, ctx, said);
}
/** The value that the words of an option stand for, `!` before it or not. Throws "invalid-value". */
export function readValue(
  spec: OptionSpec,
  not: boolean,
  words: readonly string[],
  ctx: Context,
  said: string,
): unknown {
  const value = parsed(spec, words, ctx, said);
  if (!not) return value;
  return spec.fold ? spec.fold(value as never) : { not: value };
}
/** A refused value says which option it was for. */
function parsed(spec: OptionSpec, words: readonly string[], ctx: Context, option: string): unknown {
  try {
    return spec.parse(words, ctx);
  } catch (error) {
    return isRampartError(error, "invalid-value")
      ? fail(`${error.context.problem} in ${option}`)
      : fail(String(error));
  }
}

/** The part; of options that overwrite each other, the order in which they were typed decides. */
export const closePart = ({ extension, options }: OpenPart): Part => makePart(extension, options);
