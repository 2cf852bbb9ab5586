import type { Field } from "./slot.js";

const decoder = new TextDecoder(),
  encoder = new TextEncoder();
/** Node's own slicer takes a tenth of the time for the short texts of a rule; a browser has none. */
const slice: ((this: Uint8Array, from: number, to: number) => string) | undefined = (
  globalThis.Buffer?.prototype as { utf8Slice?: (this: Uint8Array, from: number, to: number) => string }
)?.utf8Slice;

/** UTF-8 from `from` to before `to`. */
export const textAt = (m: Uint8Array, from: number, to: number): string =>
  from === to ? "" : slice ? slice.call(m, from, to) : decoder.decode(m.subarray(from, to));

/** Where the text that begins at `from` ends: at its NUL, or at `end`. */
export function textEnd(m: Uint8Array, from: number, end: number): number {
  let to = from;
  while (to < end && m[to] !== 0) to++;
  return to;
}

/** Cuts at `size` bytes; the caller decides whether that is an error. Returns the bytes written. */
export function putText(m: Uint8Array, from: number, size: number, text: string): number {
  const n = Math.min(text.length, size);
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i);
    if (c > 127) {
      const all = encoder.encode(text).subarray(0, size);
      m.set(all, from);
      return all.length;
    }
    m[from + i] = c;
  }
  return n;
}
export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return encoder.encode(text).length;
  return text.length;
}
/** The first `max` bytes of the text, without half a character at their end. */
export function cutText(text: string, max: number): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= max) return text;
  let to = max;
  while (to > 0 && (bytes[to]! & 0xc0) === 0x80) to--;
  return decoder.decode(bytes.subarray(0, to));
}

/** A NUL-ended `char[size]`; `kept` bytes of it may hold text. What stood behind the NUL stays. */
export function cstring(size: number, kept = size): Field<string> {
  return {
    size,
    align: 1,
    slot: (at) => ({
      at,
      size,
      get: (m, o) => textAt(m, o + at, textEnd(m, o + at, o + at + size)),
      set(m, o, text) {
        const n = putText(m, o + at, kept, text);
        if (n < size) m[o + at + n] = 0;
      },
      same(a, aBase, b, bBase) {
        for (let i = at; i < at + size; i++) {
          if (a[aBase + i] !== b[bBase + i]) return false;
          if (a[aBase + i] === 0) return true;
        }
        return true;
      },
    }),
  };
}
