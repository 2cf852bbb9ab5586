import { fail, RampartError } from "../errors.js";
import { isOpaque, type Part } from "../model/rule.js";
import type { Context, Extension } from "./extension.js";
import { extensionIn, makePart, textOf } from "./part.js";
import { matches, targets } from "./registry.js";

type Kind = Extension["kind"];
const known = { match: matches, target: targets };
const adopted = new WeakMap<Part, Part>();

/** The extension of that name; throws "unknown-extension". */
export function extensionNamed(name: string, kind: Kind, family: string): Extension {
  const extension = known[kind].get(name);
  if (!extension) throw new RampartError("unknown-extension", { kind, name, family });
  return extension;
}

/** The part itself if it was made here, else what a factory makes of the same options. Not for opaque parts. */
export function adoptPart(part: Part, kind: Kind, ctx: Context): Part {
  const own = extensionIn(part);
  if (own) return own.kind === kind ? part : fail(`${part.name} is a ${own.kind}, not a ${kind}`);
  const before = adopted.get(part);
  if (before && extensionIn(before)?.kind === kind) return before;
  const extension = extensionNamed(part.name, kind, ctx.family);
  const made = makePart(extension, extension.canonical(part.options));
  // A part that can still change must be looked at every time.
  if (Object.isFrozen(part) && Object.isFrozen(part.options)) adopted.set(part, made);
  return made;
}

const print = (part: Part, extension: Extension, ctx: Context): string => extension.print(part.options, ctx);
/** "-m tcp --dport 22", "-j LOG"; throws "opaque" for a part that only the kernel understands. */
export function printPart(part: Part, kind: Kind, ctx: Context): string {
  if (isOpaque(part))
    throw new RampartError("opaque", { kind, name: part.name, revision: part.opaque.revision });
  return textOf(adoptPart(part, kind, ctx), ctx, print);
}
