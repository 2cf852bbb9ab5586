import { addressText, prefixLength, putPrefix } from "../../codec/address.js";
import type { AddressBytes } from "../../codec/struct.js";
import type { Family } from "../../model/family.js";
import { sizeOf, storeAddress } from "../address.js";
import { parseAddress } from "../address-words.js";
import { target } from "../define.js";
import { parsePrefixed } from "../kinds.js";
import { NAT_RANGE } from "../nat-range.js";
import { fail, flags, type Has, type Kind } from "../option.js";

/** NF_NAT_RANGE_MAP_IPS, linux/netfilter/nf_nat.h */
const MAP_IPS = 1;
const mask = new Uint8Array(16);

/** Writes the mask `text`, a number of bits or an address, where it is looked for. */
function putMask(text: string, family: Family): void {
  if (/[.:]/.test(text)) storeAddress(mask, 0, family, text);
  else putPrefix(mask, 0, sizeOf(family), Number(text));
}
/** The network of `address` under the mask, and what the mask does not cover. */
function masked(address: string, family: Family): { network: string; rest: boolean } {
  const size = sizeOf(family),
    bytes = new Uint8Array(size);
  storeAddress(bytes, 0, family, address);
  const under = bytes.map((byte, i) => byte & mask[i]!);
  return { network: addressText(under, 0, size), rest: under.some((byte, i) => byte !== bytes[i]) };
}

/**
 * A network, as its first address and its last. A mask with holes is read as a whole one where the profile has it so; but
 * not where the address fits the mask, as in what newer versions print: there the mask is meant.
 */
const network: Kind<Has<"minAddr" | "maxAddr", AddressBytes>, string> = {
  parse([word = ""], { family, profile }) {
    const [address, said] = parsePrefixed(word, family),
      whole = sizeOf(family) * 8;
    if (said > whole) {
      const text = parseAddress(word.slice(word.indexOf("/") + 1), family, "host");
      putMask(text, family);
      const { network, rest } = masked(address, family);
      if (profile.holedMasks || !rest) return `${network}/${text}`;
    }
    const bits = Math.min(said, whole);
    putMask(`${bits}`, family);
    return `${masked(address, family).network}/${bits}`;
  },
  print: (value) => value,
  bind: ({ minAddr, maxAddr }) => ({
    store(b, o, value, { family }) {
      const size = sizeOf(family),
        slash = value.indexOf("/");
      storeAddress(b, o + minAddr.at, family, value, 0, slash);
      putMask(value.slice(slash + 1), family);
      for (let i = 0; i < size; i++) b[o + maxAddr.at + i] = b[o + minAddr.at + i]! | ~mask[i]!;
    },
    load(b, o, { family }) {
      const size = sizeOf(family);
      for (let i = 0; i < size; i++) mask[i] = ~(b[o + minAddr.at + i]! ^ b[o + maxAddr.at + i]!);
      const bits = prefixLength(mask, 0, size);
      const first = addressText(b, o + minAddr.at, size);
      if (bits >= 0) return `${first}/${bits}`;
      // An end below the first address, or bits of the host in it: no network says that.
      if (masked(first, family).rest) fail("NETMAP: no network");
      return `${first}/${addressText(mask, 0, size)}`;
    },
  }),
};

/**
 * `-j NETMAP`, in nat only: maps a whole network onto another one, host part by host part; the destination in PREROUTING
 * and OUTPUT, the source in POSTROUTING and INPUT.
 *
 * @example netmap({ to: "10.5.6.0/24" })
 */
export const netmap = target("NETMAP", {
  revision: 0,
  info: NAT_RANGE,
  fixed: { ranges: 1 },
  need: ["to"],
  options: {
    /** The network, `ADDRESS/PREFIX` or `ADDRESS/MASK`; one address without a prefix. */
    to: flags("flags")(MAP_IPS, network),
  },
});
