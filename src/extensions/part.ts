import type { Family } from "../model/family.js";
import { DEFAULT_PROFILE } from "../model/profile.js";
import type { Options, Part } from "../model/rule.js";
import { deepFreeze } from "./canonical.js";
import type { Context, Extension } from "./extension.js";

/** A thing derived from a part and worth keeping from the second time it is asked for. */
type Kept<T> = T | typeof MET | undefined;
const MET = 1;

/**
 * A part that is known to be good. The object is the unit of interning: its bytes and its text are kept with it, in
 * private fields, so that it can be frozen and JSON-safe all the same.
 */
class CheckedPart {
  readonly name: string;
  readonly options: Options;
  readonly #extension: Extension;
  #bytes4: Kept<Uint8Array> = undefined;
  #bytes6: Kept<Uint8Array> = undefined;
  #text4: Kept<string> = undefined;
  #text6: Kept<string> = undefined;
  constructor(extension: Extension, options: Options) {
    this.name = extension.name;
    this.options = options;
    this.#extension = extension;
    Object.freeze(this);
  }
  static extension(part: CheckedPart): Extension {
    return part.#extension;
  }
  static bytes(part: CheckedPart, family: Family): Kept<Uint8Array> {
    return family === "ipv4" ? part.#bytes4 : part.#bytes6;
  }
  static keepBytes(part: CheckedPart, family: Family, bytes: Kept<Uint8Array>): void {
    if (family === "ipv4") part.#bytes4 = bytes;
    else part.#bytes6 = bytes;
  }
  static text(part: CheckedPart, family: Family): Kept<string> {
    return family === "ipv4" ? part.#text4 : part.#text6;
  }
  static keepText(part: CheckedPart, family: Family, text: Kept<string>): void {
    if (family === "ipv4") part.#text4 = text;
    else part.#text6 = text;
  }
}

/** A part of good options, as a factory or a parse has them: every value is canonical. */
export const makePart = (extension: Extension, options: Options): Part =>
  decodedPart(extension, extension.settle(options));
/** A part of options that are settled already, as a decode has them: nobody else's, as they become frozen. */
export function decodedPart(extension: Extension, options: Options): Part {
  for (const key in options) deepFreeze(options[key]);
  return new CheckedPart(extension, Object.freeze(options)) as unknown as Part;
}
const checkedPart = (part: Part): CheckedPart => part as unknown as CheckedPart;

/** The extension of a part made here; undefined for a plain object that only looks like one. */
export const extensionIn = (part: Part): Extension | undefined =>
  part instanceof CheckedPart ? CheckedPart.extension(part) : undefined;

type Make<T> = (part: Part, extension: Extension, ctx: Context) => T;
/**
 * The bytes of a part made here, kept from the second time on: then it is the same object every time. Before, they may
 * be a view of something larger.
 */
export function bytesOf(part: Part, ctx: Context, make: Make<Uint8Array>): Uint8Array {
  const checked = checkedPart(part),
    kept = CheckedPart.bytes(checked, ctx.family);
  if (typeof kept === "object") return kept;
  const extension = CheckedPart.extension(checked);
  if (extension.local) return make(part, extension, ctx);
  const bytes = make(part, extension, ctx);
  if (kept !== MET) {
    CheckedPart.keepBytes(checked, ctx.family, MET);
    return bytes;
  }
  const own = bytes.slice();
  CheckedPart.keepBytes(checked, ctx.family, own);
  return own;
}
/** The text of a part made here, kept likewise; other profiles are rare, and theirs is not. */
export function textOf(part: Part, ctx: Context, make: Make<string>): string {
  const checked = checkedPart(part),
    extension = CheckedPart.extension(checked);
  if (extension.named || ctx.profile !== DEFAULT_PROFILE) return make(part, extension, ctx);
  const kept = CheckedPart.text(checked, ctx.family);
  if (typeof kept === "string") return kept;
  const text = make(part, extension, ctx);
  CheckedPart.keepText(checked, ctx.family, kept === MET ? text : MET);
  return text;
}
