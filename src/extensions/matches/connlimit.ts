import { prefixLength, putPrefix } from "../../codec/address.js";
import { type AddressBytes, inetAddr, kernelPointer, struct, u32 } from "../../codec/struct.js";
import { sizeOf } from "../address.js";
import { parsePrefix } from "../address-words.js";
import { match } from "../define.js";
import { uint } from "../kinds.js";
import { numberIn } from "../kinds-number.js";
import { fail, type Has, type Option, selected } from "../option.js";

const info = struct("xt_connlimit_info", "linux/netfilter/xt_connlimit.h", {
  mask: inetAddr,
  limit: u32,
  flags: u32,
  data: kernelPointer,
});
const UPTO = 1,
  DESTINATION = 2;
const compared = selected("flags", { mask: UPTO }),
  side = selected("flags", { mask: DESTINATION }),
  connections = uint("limit", 0xffff_ffff);
const BITS = { ipv4: 32, ipv6: 128 } as const;

/**
 * Where none is given all of the union is set, and also where an IPv4 mask is too long or has holes; one that is given
 * fills its own bytes only. iptables-save prints a whole mask for both.
 */
const prefix: Option<Has<"mask", AddressBytes>, number, false> = {
  negatable: false,
  words: 1,
  parse([word = ""], { family, profile }) {
    const number = numberIn(word),
      bits = number <= BITS.ipv6 ? number : (parsePrefix(word, family) ?? BITS.ipv6);
    if (bits > BITS[family] && !profile.longMasks) fail(`"${word}" is no number from 0 to ${BITS[family]}`);
    return bits;
  },
  print: (bits, { family }) => `${Math.min(bits, BITS[family])}`,
  wordsOf: (bits) => [`${bits}`],
  implied: (bits) => bits === BITS.ipv6,
  unsaid: ({ family }) => `${BITS[family]}`,
  bind: ({ mask: { at, size } }) => ({
    init: (b, o) => b.fill(255, o + at, o + at + size),
    set(b, o, bits, { family }) {
      const own = (bits as number) > BITS[family] ? BITS.ipv6 : (bits as number);
      putPrefix(b, o + at, 16, own);
    },
    get(b, o, { family }) {
      if (prefixLength(b, o + at, 16) === BITS.ipv6) return undefined;
      const bits = prefixLength(b, o + at, sizeOf(family));
      return bits < 0 ? fail("connlimit: a mask with holes") : bits;
    },
  }),
};

/**
 * `-m connlimit`: how many connections a host, or a network, has open at the same time.
 *
 * @example connlimit({ connlimitAbove: 20, connlimitMask: 24 })
 */
export const connlimit = match("connlimit", {
  revision: 1,
  info,
  options: {
    /** More connections than this, 0 to 4294967295. */
    connlimitAbove: compared(0, connections),
    /** At most as many. */
    connlimitUpto: compared(UPTO, connections),
    /** Addresses that share so many leading bits are counted together: 0 to 32, IPv6 to 128; each by itself unless given. */
    connlimitMask: prefix,
    /** By the source address; so it is unless given. */
    connlimitSaddr: side(0),
    /** By the destination address. */
    connlimitDaddr: side(DESTINATION),
  },
  aliases: {
    "! --connlimit-above": ["--connlimit-upto"],
    "! --connlimit-upto": ["--connlimit-above"],
  },
  check: (o) => {
    if ((o.connlimitAbove === undefined) === (o.connlimitUpto === undefined))
      fail("connlimit: exactly one of --connlimit-above, --connlimit-upto");
    if (o.connlimitSaddr && o.connlimitDaddr)
      fail("connlimit: --connlimit-saddr and --connlimit-daddr exclude each other");
  },
});
