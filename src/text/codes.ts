const SIZE = 1 << 15;

/** The characters of a line as numbers. */
export function codesOf(line: string): Uint16Array {
  const codes = new Uint16Array(line.length);
  for (let i = 0; i < line.length; i++) codes[i] = line.charCodeAt(i);
  return codes;
}

/** The characters of a long text as numbers, a stretch at a time: to ask for one after the other takes five times as long. */
export class Codes {
  readonly #text: string;
  /** `text[i]` is `codes[i - base]`, as far as `cover` went. */
  readonly codes = new Uint16Array(SIZE);
  base = 0;
  #end = 0;
  constructor(text: string) {
    this.#text = text;
  }
  /** Makes sure that `text[from, to)` is there; false if that is too much at a time. */
  cover(from: number, to: number): boolean {
    if (from >= this.base && to <= this.#end) return true;
    if (to - from > SIZE) return false;
    const stretch = this.#text.slice(from, from + SIZE);
    this.base = from;
    this.#end = from + stretch.length;
    if (globalThis.Buffer && LITTLE) Buffer.from(this.codes.buffer).write(stretch, "utf16le");
    else this.codes.set(codesOf(stretch));
    return true;
  }
}
/** Whether memory holds numbers as UTF-16LE has them. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
