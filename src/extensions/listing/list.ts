import { RampartError } from "../../errors.js";
import { noNames } from "../../model/names.js";
import { DEFAULT_PROFILE } from "../../model/profile.js";
import { isNot, isOpaque, type Options, type Part } from "../../model/rule.js";
import type { Context, Extension } from "../extension.js";
import { kebab } from "../long-option.js";
import { matches, targets } from "../registry.js";
import { MATCH_LISTINGS } from "./matches.js";
import { TARGET_LISTINGS } from "./targets.js";
import { bare, type ListingContext, type Word, type Words } from "./words.js";

export type { ListingContext };

/** Printing looks nothing up: values hold numbers and the names of sets already. */
const contextFor = (family: Context["family"]): Context => ({
  family,
  names: noNames,
  profile: DEFAULT_PROFILE,
  setIndex(set) {
    throw new RampartError("no-such-set", { set, family });
  },
  setName: String,
});

/**
 * What `iptables -L` says of a match or target, without a blank before it; of a target, beyond its name. A part that
 * Rampart keeps as bytes is named with its size; an extension without a form of its own is worded as `-S` words it.
 */
export function listPart(kind: "match" | "target", part: Part, context: ListingContext): string {
  if (isOpaque(part)) {
    const { revision, data } = part.opaque;
    return `[${data.length / 2} bytes of ${kind} ${part.name}, revision ${revision}]`;
  }
  const extension = (kind === "match" ? matches : targets).get(part.name);
  if (!extension)
    throw new RampartError("unknown-extension", { kind, name: part.name, family: context.family });
  const ctx = contextFor(context.family),
    words = new Map<string, Word>();
  const options = asStored(extension, part.options, ctx);
  for (const [key, spec] of Object.entries(extension.specs)) {
    const value = options[key];
    if (value === undefined && spec.unsaid) words.set(kebab(key), { not: false, text: spec.unsaid(ctx) });
    if (value === undefined) continue;
    const not = isNot(value);
    // What matches nothing is listed, though -S says nothing of it.
    if (spec.printed?.(options, ctx) === false && !not) continue;
    words.set(kebab(key), { not, text: spec.print(not ? value.not : value, ctx), flag: spec.words === 0 });
  }
  const form = (kind === "match" ? MATCH_LISTINGS : TARGET_LISTINGS)[part.name];
  return form ? form(unquoted(words), context, options) : `${part.name} ${bare(words)}`.trimEnd();
}

/** A rule that was never in a kernel lacks what the kernel's struct always says: REJECT's kind, a list's name. */
function asStored(extension: Extension, options: Options, ctx: Context): Options {
  if (extension.local) return options;
  const bytes = new Uint8Array(extension.size(ctx.family));
  extension.encode(bytes, 0, options, ctx);
  return extension.decode(bytes, 0, ctx);
}

/** The name that a listing has in its target column: NOTRACK is a face of CT, and listed as such. */
export const kernelName = (kind: "match" | "target", { name }: Part): string =>
  (kind === "match" ? matches : targets).get(name)?.wire ?? name;

/** Comments and the like stand in a listing as they are, without the quotes of -S. */
function unquoted(words: Words): Words {
  const plain = new Map(words);
  for (const option of ["--comment", "--log-prefix", "--helper", "--path", "--bytecode", "--label"]) {
    const word = words.get(option);
    if (word?.text.startsWith('"'))
      plain.set(option, { ...word, text: word.text.slice(1, -1).replaceAll(/\\(.)/gs, "$1") });
  }
  return plain;
}
