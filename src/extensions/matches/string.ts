import {
  array,
  byteLength,
  cstring,
  kernelPointer,
  putText,
  type Slot,
  struct,
  textAt,
  u8,
  u16,
} from "../../codec/struct.js";
import { isNot, type Negatable } from "../../model/rule.js";
import { match } from "../define.js";
import { quoteText, text, uint } from "../kinds.js";
import { fail, flags, type Has, type Option, required, unless } from "../option.js";
import { revision } from "../revision.js";

const MAX_PATTERN = 128;
const info = struct(
  "xt_string_info",
  "linux/netfilter/xt_string.h",
  {
    from: u16,
    to: u16,
    algo: cstring(16),
    pattern: array(MAX_PATTERN, u8),
    length: u8,
    flags: u8,
    config: kernelPointer,
  },
  { from: "from_offset", to: "to_offset", length: "patlen", flags: "u.v1.flags" },
);
const INVERT = 0x1,
  IGNORE_CASE = 0x2;
const encoder = new TextEncoder();
const PIPE = 0x7c,
  BACKSLASH = 0x5c,
  BLANK = 0x20;

/**
 * Text with hex blocks, `|c3 a9|.com`, as bytes. As in iptables one blank may stand behind a pair, any number of them where
 * a block begins, and what stands behind a block's end is taken as it is, be it a bar or a backslash.
 */
function fromHex(word: string): Uint8Array {
  const bytes = encoder.encode(word),
    out: number[] = [];
  let inside = false;
  for (let i = 0; i < bytes.length; i++) {
    const escaped = bytes[i] === BACKSLASH && !inside;
    if (bytes[i] === PIPE) {
      inside = !inside;
      while (inside && bytes[i + 1] === BLANK) i++;
      if (++i === bytes.length) break;
    }
    if (!inside) {
      if (escaped && i + 1 === bytes.length) fail(`nothing behind the backslash that ends "${word}"`);
      out.push(bytes[escaped ? ++i : i]!);
      continue;
    }
    const pair = String.fromCharCode(bytes[i]!, bytes[i + 1] ?? 0);
    if (i + 2 >= bytes.length || !/^[\da-f]{2}$/i.test(pair)) fail(`invalid hex block in "${word}"`);
    out.push(Number.parseInt(pair, 16));
    i += bytes[i + 2] === BLANK ? 2 : 1;
  }
  if (word === "") fail("string: the pattern is empty");
  if (out.length > MAX_PATTERN) fail(`string: the pattern is longer than ${MAX_PATTERN} bytes`);
  return Uint8Array.from(out);
}
function toHex(b: Uint8Array, from: number, to: number): string {
  let digits = "";
  for (let i = from; i < to; i++) digits += b[i]!.toString(16).padStart(2, "0");
  return `|${digits}|`;
}
/** A backslash at the end would be taken for an escape. */
function printable(b: Uint8Array, from: number, to: number): boolean {
  if (to > from && b[to - 1] === BACKSLASH) return false;
  for (let i = from; i < to; i++) if (b[i]! < 32 || b[i]! > 126) return false;
  return true;
}

/** The same bytes under two names: text where all of it can be printed, hex blocks otherwise. */
function pattern(
  asText: boolean,
): Option<Has<"length" | "flags"> & Has<"pattern", Slot<number>[]>, string, true> {
  return {
    negatable: true,
    words: 1,
    print: quoteText,
    wordsOf: (value) => [value],
    parse([word = ""]) {
      if (asText && byteLength(word) > MAX_PATTERN) fail(`"${word}" is longer than ${MAX_PATTERN} bytes`);
      if (!asText) fromHex(word);
      return word;
    },
    bind: ({ length, flags, pattern: { at } }) => ({
      set(b, o, value) {
        const v = isNot(value) ? value.not : value;
        if (isNot(value)) flags.set(b, o, flags.get(b, o) | INVERT);
        if (asText) length.set(b, o, putText(b, o + at, MAX_PATTERN, v));
        else {
          const bytes = fromHex(v);
          b.set(bytes, o + at);
          length.set(b, o, bytes.length);
        }
      },
      get(b, o) {
        const from = o + at,
          to = from + length.get(b, o);
        if (to > from + MAX_PATTERN) fail("string: the pattern is longer than its field");
        if (printable(b, from, to) !== asText) return undefined;
        const v = asText ? textAt(b, from, to) : toHex(b, from, to);
        return flags.get(b, o) & INVERT ? { not: v } : v;
      },
    }),
  };
}
const flag = flags("flags");

/** Revision 0 had the same struct, and no way to ignore case. */
const COMMON = {
  /** The pattern as text, 1 to 128 bytes. */
  string: pattern(true),
  /** The pattern with bytes in hex between bars: `GET |20|/`. */
  hexString: pattern(false),
  /** The search: `bm` (Boyer-Moore) or `kmp` (Knuth-Pratt-Morris). */
  algo: required(text("algo", { max: 15, cut: true })),
  /** Where the search begins: bytes from the start of the packet's network header, 0 to 65535. Default 0. */
  from: unless(0, uint("from", 0xffff)),
  /** Where it ends, likewise. Default 65535: the end of the packet. */
  to: unless(0xffff, uint("to", 0xffff)),
};

interface Patterns {
  readonly string?: Negatable<string>;
  readonly hexString?: Negatable<string>;
}
/** The same bytes as iptables-save says them. */
function sayable<O extends Patterns>(o: O): O {
  const given = o.string ?? o.hexString;
  if (given === undefined || (o.string !== undefined && o.hexString !== undefined)) return o;
  const { string: _, hexString: __, ...rest } = o,
    plain = isNot(given) ? given.not : given,
    bytes = o.string === undefined ? fromHex(plain) : encoder.encode(plain),
    asText = printable(bytes, 0, bytes.length);
  const said = asText ? textAt(bytes, 0, bytes.length) : toHex(bytes, 0, bytes.length);
  return { ...rest, [asText ? "string" : "hexString"]: isNot(given) ? { not: said } : said } as unknown as O;
}

/**
 * `-m string`: a pattern anywhere in the packet. `algo`, and one of `string` and `hexString`.
 *
 * @example string({ string: "GET /admin", algo: "bm", to: 200 })
 */
export const string = match("string", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info, options: COMMON })],
  need: ["algo"],
  resolve: sayable,
  options: {
    ...COMMON,
    /** Letters of either case are the same. */
    icase: flag(IGNORE_CASE),
  },
  check: (o) => {
    if ((o.string === undefined) === (o.hexString === undefined))
      fail("string: exactly one of --string and --hex-string must be specified");
  },
});
