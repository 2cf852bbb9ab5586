import { byteLength, cutText, putText } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind } from "./option-form.js";

export const quote = (text: string): string => `"${text.replace(/["\\']/g, "\\$&")}"`;
/** In quotes always, and apostrophes as they are. */
export const quoteText = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
/** As xtables_save_string prints: bare where every character is a letter, a digit, `_` or `-`. */
export function quoteIfNeeded(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const bare =
      (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45;
    if (!bare) return quote(text);
  }
  return text.length > 0 ? text : '""';
}

export interface TextRules {
  /** Bytes, without the NUL. */
  readonly max: number;
  readonly min?: number;
  /** What is too long is cut, as iptables does, instead of refused. */
  readonly cut?: boolean;
  readonly print?: (text: string) => string;
}
const UNSAVED = /[\n\0]/;
/** Text in a `char[]`. */
export function text<F extends string>(
  field: F,
  { max, print = (value) => value, cut = false, min = 0 }: TextRules,
): Kind<Has<F, string>, string> {
  return {
    edges: ["", "a b", `"`, "'", "\\", "-", "a,b", "é", ...[max - 1, max, max + 1].map((n) => "x".repeat(n))],
    parse([word = ""]) {
      const length = byteLength(word);
      if (length < min) fail("must not be empty");
      if (UNSAVED.test(word)) fail("a line break or a NUL cannot be saved");
      if (length <= max) return word;
      return cut ? cutText(word, max) : fail(`"${word}" is longer than ${max} bytes`);
    },
    print,
    wordsOf: (value) => [value],
    bind: ({ [field]: slot }) => ({
      store: (b, o, value) => slot.set(b, o, value),
      load: (b, o) => slot.get(b, o),
      rewrite(b, o, word, from, to) {
        const value = word.slice(from, to),
          length = byteLength(value),
          at = o + slot.at;
        if (length < min || length > max) return false;
        putText(b, at, length, value);
        b.fill(0, at + length, at + slot.size);
        return true;
      },
    }),
  };
}
