import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { between, integer, type Range, span, unlessWhole } from "../kinds.js";
import { fail, printedIf, unless } from "../option.js";

const info = struct(
  "ip6t_mh",
  "linux/netfilter_ipv6/ip6t_mh.h",
  { low: u8, high: u8, invflags: u8 },
  { low: "types[0]", high: "types[1]" },
);
const MAX = 255,
  ANY: Range = [0, MAX];
/** RFC 6275, in the order in which iptables tries them: the first that begins so is meant. */
const TYPES: readonly (readonly [name: string, type: number])[] = [
  ["binding-refresh-request", 0],
  ["brr", 0],
  ["home-test-init", 1],
  ["hoti", 1],
  ["careof-test-init", 2],
  ["coti", 2],
  ["home-test", 3],
  ["hot", 3],
  ["careof-test", 4],
  ["cot", 4],
  ["binding-update", 5],
  ["bu", 5],
  ["binding-acknowledgement", 6],
  ["ba", 6],
  ["binding-error", 7],
  ["be", 7],
];
function typeOf(word: string): number {
  const wanted = word.toLowerCase();
  const named = TYPES.find(([name]) => name === wanted) ?? TYPES.find(([name]) => name.startsWith(wanted));
  return named?.[1] ?? integer(word, MAX);
}

/**
 * `-m mh`, IPv6: the Mobility Header. The kernel takes it behind `-p mobility-header` only.
 *
 * @example mh({ mhType: 5 })
 */
export const mh = match("mh", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  options: {
    /** The message's type, 0 to 255, or `[from, to]`; in text also a name, as `binding-update` or `bu`. */
    mhType: printedIf(
      unlessWhole("mhType", MAX),
      unless(
        ANY,
        {
          ...span("low", "high", MAX),
          parse([word = ""]): Range {
            const colon = word.indexOf(":");
            if (colon < 0) return typeOf(word);
            const from = colon === 0 ? 0 : typeOf(word.slice(0, colon)),
              to = colon === word.length - 1 ? MAX : typeOf(word.slice(colon + 1));
            return from <= to ? between(from, to) : fail(`range ${word} is backwards`);
          },
        },
        "invflags",
        1,
      ),
    ),
  },
});
