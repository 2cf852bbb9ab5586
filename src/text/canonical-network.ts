const DOT = 46,
  SLASH = 47,
  ZERO = 48;

/**
 * Whether `text` from `from` to `to` is an IPv4 network as iptables-save writes it: four plain octets, `/1` to `/32`, no
 * host bits. Gives `to` then, `to + 1` for a plain address without `/`, and -1 for anything else.
 */
export function canonicalNetworkEnd(text: string, from: number, to: number): number {
  let address = 0,
    octet = -1,
    dots = 0,
    i = from;
  for (; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === DOT) {
      if (octet < 0 || ++dots > 3) return -1;
      address = (address << 8) | octet;
      octet = -1;
    } else if (c === SLASH) break;
    else {
      const digit = c - ZERO;
      // A leading zero is octal.
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  if (dots !== 3 || octet < 0) return -1;
  address = (address << 8) | octet;
  return i === to ? to + 1 : prefixFits(text, i + 1, to, address) ? to : -1;
}

function prefixFits(text: string, from: number, to: number, address: number): boolean {
  let length = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9 || (i === from && digit === 0)) return false;
    length = length * 10 + digit;
    if (length > 32) return false;
  }
  return length > 0 && (length === 32 || address << length === 0);
}
