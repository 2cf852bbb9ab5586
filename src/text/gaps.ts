const BLANK = 32,
  BANG = 33,
  QUOTE = 34,
  DASH = 45,
  ZERO = 48,
  NINE = 57,
  BACKSLASH = 92;
const D = 100,
  S = 115;

/**
 * Whether the word that begins at `at` may be another one in the next line of the same shape: it begins with a digit or a
 * quote, or is what `-s` or `-d` names.
 */
export function isGap(codes: Uint16Array, at: number): boolean {
  const first = codes[at]!,
    letter = codes[at - 2];
  if ((first >= ZERO && first <= NINE) || first === QUOTE) return true;
  return (letter === S || letter === D) && codes[at - 3] === DASH && codes[at - 4] === BLANK;
}

/** Where the word that begins at `from` ends, its quotes included; -1 where it is not as simple as that. */
export function gapEnd(codes: Uint16Array, from: number, to: number): number {
  if (codes[from] === QUOTE) return quotedEnd(codes, from, to);
  for (let i = from; i < to; i++) {
    const c = codes[i]!;
    if (c === BLANK) return i === from ? -1 : i;
    if (c < BLANK || c === QUOTE) return -1;
  }
  return to;
}
function quotedEnd(codes: Uint16Array, from: number, to: number): number {
  const first = codes[from + 1];
  // What might be taken for an option.
  if (first === DASH || first === BANG) return -1;
  for (let i = from + 1; i < to; i++) {
    const c = codes[i]!;
    if (c === QUOTE) return i + 1;
    if (c < BLANK || c === BACKSLASH) return -1;
  }
  return -1;
}

/** A number for all of a line that is not in its gaps; -1 where a gap is not simple. */
export function shapeOf(codes: Uint16Array, from: number, to: number): number {
  let hash = 0;
  for (let i = from; i < to; i++) {
    const c = codes[i]!;
    hash = (Math.imul(hash, 31) + c) & 0x7fff_ffff;
    if (c !== BLANK || !isGap(codes, i + 1)) continue;
    const end = gapEnd(codes, i + 1, to);
    if (end < 0) return -1;
    i = end - 1;
  }
  return hash;
}
