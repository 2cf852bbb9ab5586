import type { AddressBytes } from "../codec/struct.js";
import type { Family } from "../model/family.js";
import { addressAt, networkAt, storeAddress, storeNetwork } from "./address.js";
import { type AddressForm, parseAddress, parseMaskedAddress } from "./address-words.js";
import type { Has, Kind } from "./option-form.js";

const ADDRESSES = [
    ...[
      "0.0.0.0",
      "255.255.255.255",
      "192.0.2.1",
      "10.1",
      "1",
      "010.0.0.1",
      "256.0.0.1",
      "1.2.3.4.5",
      "",
      "-",
    ],
    ...["::", "::1", "2001:DB8::a", "::ffff:192.0.2.1", "ff02::1", "1:2:3:4:5:6:7:8", "2001:db8:::1"],
  ],
  MASKS = ["0", "1", "24", "31", "32", "33", "127", "128", "129", "", "255.255.0.0", "255.0.255.0", "ffff::"];

/** An address with a mask, as `ctorigsrc` takes it: host bits stay, a full mask is not printed. */
export function network<A extends string, M extends string>(
  addr: A,
  mask: M,
): Kind<Has<A | M, AddressBytes>, string> {
  return {
    edges: [...ADDRESSES, ...MASKS.flatMap((mask) => [`192.0.2.9/${mask}`, `2001:db8::9/${mask}`])],
    parse: ([word = ""], { family }) => parseMaskedAddress(word, family),
    print: (value) => (value.includes(":") ? value : value.replace(/\/32$/, "")),
    wordsOf: (value) => [value],
    bind: ({ [addr]: a, [mask]: m }) => ({
      store(b, o, value, { family }) {
        storeNetwork(b, o + a.at, o + m.at, family, value);
        if (!value.includes("/")) b.fill(255, o + m.at, o + m.at + m.size);
      },
      // A whole IPv4 mask is one that fills the union; `/32` stands for one that does not.
      load: (b, o, { family }) =>
        networkAt(b, o + a.at, o + m.at, family, family === "ipv4" && b[o + m.at + 4] === 0),
    }),
  };
}

/** One address, without a mask. */
export const address = <A extends string>(
  addr: A,
  form: AddressForm,
): Kind<Has<A, AddressBytes>, string> => ({
  edges: ADDRESSES,
  parse: ([word = ""], { family }) => parseAddress(word, family, form),
  print: (value) => value,
  bind: ({ [addr]: a }) => ({
    store: (b, o, value, { family }) => storeAddress(b, o + a.at, family, value),
    load: (b, o, { family }) => addressAt(b, o + a.at, family),
  }),
});
/** The ends of `a-b`, or twice `a`. */
export function addressEnds(text: string, family: Family, form: AddressForm): [min: string, max: string] {
  const dash = text.indexOf("-"),
    min = parseAddress(dash < 0 ? text : text.slice(0, dash), family, form);
  return [min, dash < 0 ? min : parseAddress(text.slice(dash + 1), family, form)];
}
