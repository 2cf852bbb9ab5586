import { addressText, prefixLength, putPrefix } from "../../codec/address.js";
import type { AddressBytes } from "../../codec/struct.js";
import { sizeOf, storeAddress } from "../address.js";
import { target } from "../define.js";
import { parsePrefixed } from "../kinds.js";
import { NAT_RANGE } from "../nat-range.js";
import { fail, flags, type Has, type Kind } from "../option.js";

/** NF_NAT_RANGE_MAP_IPS, linux/netfilter/nf_nat.h */
const MAP_IPS = 1;
const mask = new Uint8Array(16);

/** A network, as its first address and its last. A mask with holes counts as a whole one. */
const network: Kind<Has<"minAddr" | "maxAddr", AddressBytes>, string> = {
  parse([word = ""], { family }) {
    const size = sizeOf(family),
      [address, said] = parsePrefixed(word, family),
      bits = Math.min(said, size * 8),
      bytes = new Uint8Array(size);
    storeAddress(bytes, 0, family, address);
    putPrefix(mask, 0, size, bits);
    return `${addressText(
      bytes.map((byte, i) => byte & mask[i]!),
      0,
      size,
    )}/${bits}`;
  },
  print: (value) => value,
  bind: ({ minAddr, maxAddr }) => ({
    store(b, o, value, { family }) {
      const size = sizeOf(family),
        slash = value.indexOf("/");
      storeAddress(b, o + minAddr.at, family, value, 0, slash);
      putPrefix(mask, 0, size, Number(value.slice(slash + 1)));
      for (let i = 0; i < size; i++) b[o + maxAddr.at + i] = b[o + minAddr.at + i]! | ~mask[i]!;
    },
    load(b, o, { family }) {
      const size = sizeOf(family);
      for (let i = 0; i < size; i++) mask[i] = ~(b[o + minAddr.at + i]! ^ b[o + maxAddr.at + i]!);
      const bits = prefixLength(mask, 0, size);
      return bits < 0 ? fail("NETMAP: no network") : `${addressText(b, o + minAddr.at, size)}/${bits}`;
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
    /** The network, `ADDRESS/PREFIX`; one address without a prefix. */
    to: flags("flags")(MAP_IPS, network),
  },
});
