import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import type { Context } from "../extension.js";
import { bitset, wordsToBits } from "../kinds.js";
import { fail, flags, required } from "../option.js";

const info = struct("ip6t_ipv6header_info", "linux/netfilter_ipv6/ip6t_ipv6header.h", {
  matchflags: u8,
  invflags: u8,
  modeflag: u8,
});
const HEADERS = {
  "hop-by-hop": 128,
  "ipv6-opts": 64,
  "ipv6-route": 32,
  "ipv6-frag": 16,
  ah: 8,
  esp: 4,
  "ipv6-nonxt": 2,
  protocol: 1,
} as const;
type Header = keyof typeof HEADERS;
const SHORT: Readonly<Record<string, Header>> = {
  hop: "hop-by-hop",
  dst: "ipv6-opts",
  route: "ipv6-route",
  frag: "ipv6-frag",
  auth: "ah",
  none: "ipv6-nonxt",
  prot: "protocol",
};
/** The next-header numbers that stand for them; 255 for what is no extension header. */
const NUMBERS: Readonly<Record<number, Header>> = {
  0: "hop-by-hop",
  43: "ipv6-route",
  44: "ipv6-frag",
  50: "esp",
  51: "ah",
  59: "ipv6-nonxt",
  60: "ipv6-opts",
  255: "protocol",
};
const plain = wordsToBits(HEADERS, { fold: (word) => word }),
  kind = bitset("matchflags", HEADERS, { fold: (word) => word });
function headerOf(word: string, { names }: Context): Header {
  if (Object.hasOwn(HEADERS, word)) return word as Header;
  const number = /^(0|[1-9]\d*)$/.test(word) ? Number(word) : names.protocol(word);
  return SHORT[word] ?? NUMBERS[number ?? -1] ?? fail(`unknown header "${word}"`);
}

/**
 * `-m ipv6header`, IPv6: which extension headers the packet has.
 *
 * @example ipv6header({ header: ["ipv6-route"], soft: true })
 */
export const ipv6header = match("ipv6header", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  need: ["header"],
  options: {
    /** These and no others, unless `soft`; in text also `hop`, `dst`, `route`, `frag`, `auth`, `none`, `prot` or a number. */
    header: required(
      {
        ...kind,
        parse([text = ""], ctx) {
          const words = text.split(",").filter(Boolean);
          if (words.length === 0) fail("at least one header must be named");
          return plain.words(plain.bits(words.map((word) => headerOf(word, ctx))));
        },
      },
      "invflags",
      0xff,
    ),
    /** These at least. */
    soft: flags("modeflag")(0xff),
  },
});
