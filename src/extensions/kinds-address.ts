import type { AddressBytes } from "../codec/struct.js";
import type { Family } from "../model/family.js";
import { addressAt, networkAt, parseNetwork, storeAddress, storeNetwork } from "./address.js";
import type { Has, Kind } from "./option-form.js";

/** A full IPv4 mask fills all of a 16-byte union. */
export function fullMask(b: Uint8Array, at: number): void {
  if ((b[at]! & b[at + 1]! & b[at + 2]! & b[at + 3]!) === 255) b.fill(255, at, at + 16);
}
/** An address with a mask, as `ctorigsrc` takes it: host bits stay, a full mask is not printed. */
export function network<A extends string, M extends string>(
  addr: A,
  mask: M,
): Kind<Has<A | M, AddressBytes>, string> {
  return {
    parse: ([word = ""], { family }) => parseNetwork(word, family, { full: false, keepHost: true }),
    print: (value) => value,
    bind: ({ [addr]: a, [mask]: m }) => ({
      store(b, o, value, { family }) {
        storeNetwork(b, o + a.at, o + m.at, family, value);
        if (family === "ipv4") fullMask(b, o + m.at);
      },
      load: (b, o, { family }) => networkAt(b, o + a.at, o + m.at, family, false),
    }),
  };
}

export const oneAddress = (word: string, family: Family): string =>
  parseNetwork(word, family, { full: false, mask: false });
/** One address, without a mask. */
export const address = <A extends string>(addr: A): Kind<Has<A, AddressBytes>, string> => ({
  parse: ([word = ""], { family }) => oneAddress(word, family),
  print: (value) => value,
  bind: ({ [addr]: a }) => ({
    store: (b, o, value, { family }) => storeAddress(b, o + a.at, family, value),
    load: (b, o, { family }) => addressAt(b, o + a.at, family),
  }),
});
/** The ends of `a-b`, or twice `a`. */
export function addressEnds(text: string, family: Family): [min: string, max: string] {
  const dash = text.indexOf("-"),
    min = oneAddress(dash < 0 ? text : text.slice(0, dash), family);
  return [min, dash < 0 ? min : oneAddress(text.slice(dash + 1), family)];
}
