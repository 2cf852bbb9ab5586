import {
  type AddressBytes,
  inetAddr,
  kernelU16,
  type Slot,
  type Slots,
  struct,
  u8,
  type Values,
} from "../codec/struct.js";
import { fail } from "../errors.js";
import { addressAt, storeAddress } from "./address.js";
import { parsePrefixed } from "./kinds-prefix.js";
import { printedIf } from "./option-depending.js";
import type { Kind } from "./option-form.js";
import { required } from "./option-stored.js";

/** The struct of both, linux/netfilter_ipv6/ip6t_NPT.h */
export const NPT = struct("ip6t_npt_tginfo", "linux/netfilter_ipv6/ip6t_NPT.h", {
  srcPfx: inetAddr,
  dstPfx: inetAddr,
  srcPfxLen: u8,
  dstPfxLen: u8,
  adjustment: kernelU16,
});
type Info = Values<(typeof NPT)["layout"]>;
type Places = (slots: Slots<Info>) => [address: Slot<AddressBytes>, length: Slot<number>];
/** An address, host bits and all, with its length in a field of its own. */
const prefix = (places: Places): Kind<Info, string> => ({
  parse: ([word = ""], { family }) => parsePrefixed(word, family).join("/"),
  print: (value) => value,
  bind(slots) {
    const [address, length] = places(slots);
    return {
      store(b, o, value, { family }) {
        const slash = value.indexOf("/");
        storeAddress(b, o + address.at, family, value, 0, slash);
        length.set(b, o, Number(value.slice(slash + 1)));
      },
      load(b, o, { family }) {
        const bits = length.get(b, o);
        return bits <= 128 ? `${addressAt(b, o + address.at, family)}/${bits}` : fail("no prefix");
      },
    };
  },
});
const NO_PREFIX = "::/0";

/** The options of SNPT and DNPT. iptables-save says nothing of a prefix of no bits. */
export const nptOptions = {
  /** The prefix before, `ADDRESS/BITS`. The kernel takes at most 64 bits, and none set behind them. */
  srcPfx: printedIf(
    (o) => o.srcPfx !== NO_PREFIX,
    required(prefix(({ srcPfx, srcPfxLen }) => [srcPfx, srcPfxLen])),
  ),
  /** The prefix after, likewise. */
  dstPfx: printedIf(
    (o) => o.dstPfx !== NO_PREFIX,
    required(prefix(({ dstPfx, dstPfxLen }) => [dstPfx, dstPfxLen])),
  ),
};
