/** Addresses between bytes and text. Four bytes are IPv4, sixteen IPv6; texts are scanned, never split. */
export type AddressSize = 4 | 16;

const DOT = 46,
  COLON = 58,
  ZERO = 48,
  NINE = 57;

/** Strict dotted quad from `text[from, to)`; false where it is not one. */
function put4(b: Uint8Array, at: number, text: string, from: number, to: number): boolean {
  let octet = -1,
    n = 0;
  for (let i = from; i <= to; i++) {
    const c = i < to ? text.charCodeAt(i) : DOT;
    if (c === DOT) {
      if (octet < 0 || n > 3) return false;
      b[at + n++] = octet;
      octet = -1;
    } else if (c >= ZERO && c <= NINE) {
      // As inet_pton has it: a leading zero might mean octal to someone.
      if (octet === 0) return false;
      octet = (octet < 0 ? 0 : octet * 10) + c - ZERO;
      if (octet > 255) return false;
    } else return false;
  }
  return n === 4;
}

const hexDigit = (code: number): number => {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const c = code | 32;
  return c >= 97 && c <= 102 ? c - 87 : -1;
};
function put6(b: Uint8Array, at: number, text: string, from: number, to: number): boolean {
  let n = 0,
    gap = -1,
    i = from;
  if (i >= to) return false;
  if (text.charCodeAt(i) === COLON) {
    if (i + 1 >= to || text.charCodeAt(i + 1) !== COLON) return false;
    gap = 0;
    i += 2;
  }
  b.fill(0, at, at + 16);
  while (i < to) {
    const start = i;
    let group = 0,
      digit = -1;
    for (; i < to && (digit = hexDigit(text.charCodeAt(i))) >= 0; i++) group = group * 16 + digit;
    if (i < to && text.charCodeAt(i) === DOT) {
      if (n > 12 || !put4(b, at + n, text, start, to)) return false;
      n += 4;
      break;
    }
    if (i === start || i - start > 4 || n > 14) return false;
    b[at + n++] = group >> 8;
    b[at + n++] = group;
    if (i >= to) break;
    if (text.charCodeAt(i++) !== COLON || i >= to) return false;
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return false;
      gap = n;
      i++;
    }
  }
  if (gap < 0) return n === 16;
  if (n > 14) return false;
  b.copyWithin(at + gap + 16 - n, at + gap, at + n);
  b.fill(0, at + gap, at + gap + 16 - n);
  return true;
}

/** Writes the address that is `text[from, to)`; false, with the bytes in any state, where it is none. */
export const putAddress = (
  b: Uint8Array,
  at: number,
  size: AddressSize,
  text: string,
  from = 0,
  to = text.length,
): boolean => (size === 4 ? put4(b, at, text, from, to) : put6(b, at, text, from, to));

const octets = Array.from({ length: 256 }, (_, n) => `${n}`),
  dotted = octets.map((octet) => `${octet}.`);
/** As inet_ntop prints it: lower case, the longest run of zeros compressed, mapped IPv4 dotted. */
export function addressText(b: Uint8Array, at: number, size: AddressSize): string {
  if (size === 4) return dotted[b[at]!]! + dotted[b[at + 1]!]! + (dotted[b[at + 2]!]! + octets[b[at + 3]!]!);
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((b[at + i]! << 8) | b[at + i + 1]!);
  let best = -1,
    length = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > length) {
      best = i;
      length = j - i;
    }
    if (j > i) i = j;
  }
  const zeros = best === 0 ? length : 0;
  if (zeros === 6 || (zeros === 5 && groups[5] === 0xffff))
    return `::${zeros === 5 ? "ffff:" : ""}${addressText(b, at + 12, 4)}`;
  const hex = groups.map((group) => group.toString(16));
  return best < 0 ? hex.join(":") : `${hex.slice(0, best).join(":")}::${hex.slice(best + length).join(":")}`;
}

/** How many bits a mask has, or -1 where it has holes. */
export function prefixLength(b: Uint8Array, at: number, size: AddressSize): number {
  let n = 0,
    i = 0;
  while (i < size && b[at + i] === 255) {
    n += 8;
    i++;
  }
  if (i === size) return n;
  const tail = b[at + i]!,
    ones = Math.clz32(~(tail << 24));
  if (((tail << ones) & 255) !== 0) return -1;
  for (let j = i + 1; j < size; j++) if (b[at + j] !== 0) return -1;
  return n + ones;
}
export function putPrefix(b: Uint8Array, at: number, size: AddressSize, length: number): void {
  for (let i = 0, bits = length; i < size; i++, bits -= 8)
    b[at + i] = bits >= 8 ? 255 : bits <= 0 ? 0 : 256 - (1 << (8 - bits));
}
