const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i,
  HEXADECIMAL = /^\s*([+-]?)0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?/i;

/** The number that a word begins with, as strtod reads it, infinities aside, and what stands behind it. NaN without one. */
export function floatIn(word: string): readonly [value: number, rest: string] {
  const [hex, sign = "", whole = "", part = "", power = "0"] = HEXADECIMAL.exec(word) ?? [];
  if (hex !== undefined) {
    const digits = Number.parseInt(whole + part, 16) * 2 ** (Number(power) - 4 * part.length);
    return [sign === "-" ? -digits : digits, word.slice(hex.length)];
  }
  const decimal = DECIMAL.exec(word)?.[0];
  return decimal === undefined ? [Number.NaN, word] : [Number(decimal), word.slice(decimal.length)];
}
