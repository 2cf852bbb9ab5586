import {
  type AddressBytes,
  array,
  inetAddr,
  innerSlots,
  type Slot,
  struct,
  u8,
  u32,
} from "../../codec/struct.js";
import { addressAt, storeAddress } from "../address.js";
import { parseAddress } from "../address-words.js";
import { match } from "../define.js";
import { span, uint, unlessWhole } from "../kinds.js";
import { fail, flags, type Has, type Kind, printedIf } from "../option.js";

const HOPS = 16,
  MAX = 0xffff_ffff;
const info = struct(
  "ip6t_rt",
  "linux/netfilter_ipv6/ip6t_rt.h",
  {
    rtType: u32,
    segsLow: u32,
    segsHigh: u32,
    hdrlen: u32,
    flags: u8,
    invflags: u8,
    addrs: array(HOPS, inetAddr),
    addrnr: u8,
  },
  { segsLow: "segsleft[0]", segsHigh: "segsleft[1]" },
);
const hops: Kind<Has<"addrnr"> & Has<"addrs", Slot<AddressBytes>[]>, readonly string[]> = {
  parse([text = ""], { family }) {
    const list = text.split(",").map((one) => parseAddress(one, family, "strict"));
    return list.length <= HOPS ? list : fail(`more than ${HOPS} addresses`);
  },
  print: (list) => list.join(","),
  bind({ addrnr, addrs }) {
    const slots = innerSlots(addrs);
    return {
      store(b, o, list, { family }) {
        for (const [i, one] of list.entries()) storeAddress(b, o + slots[i]!.at, family, one);
        addrnr.set(b, o, list.length);
      },
      load(b, o, { family }) {
        const count = addrnr.get(b, o);
        if (count > HOPS) fail(`rt: ${count} addresses`);
        return slots.slice(0, count).map((slot) => addressAt(b, o + slot.at, family));
      },
    };
  },
};
const given = flags("flags", "invflags");

/**
 * `-m rt`, IPv6: the Routing header.
 *
 * @example rt({ rtType: 0 })
 */
export const rt = match("rt", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  fixed: { segsHigh: MAX },
  options: {
    /** The routing type, 0 to 4294967295. */
    rtType: given(1, uint("rtType", MAX)),
    /** Segments left, 0 to 4294967295, or `[from, to]`. */
    rtSegsleft: printedIf(unlessWhole("rtSegsleft", MAX), given(2, span("segsLow", "segsHigh", MAX))),
    /** Length of the header in bytes. */
    rtLen: given(4, uint("hdrlen", MAX)),
    /** The reserved field is zero; type 0 only. */
    rt0Res: flags("flags")(8),
    /** Up to 16 addresses, in order; type 0 only. */
    rt0Addrs: flags("flags")(16, hops),
    /** Others may stand between them. */
    rt0NotStrict: flags("flags")(32),
  },
  check: (o) => {
    // As typed: iptables wants the type before what depends on it.
    const keys = Object.keys(o),
      before = (key: string, other: string) => keys.includes(key) && keys.indexOf(key) < keys.indexOf(other);
    for (const key of ["rt0Res", "rt0Addrs"] as const)
      if (o[key] !== undefined && !(o.rtType === 0 && before("rtType", key)))
        fail("rt: --rt-type 0 must stand before --rt-0-res and --rt-0-addrs");
    if (o.rt0NotStrict && !before("rt0Addrs", "rt0NotStrict"))
      fail("rt: --rt-0-addrs must stand before --rt-0-not-strict");
  },
});
