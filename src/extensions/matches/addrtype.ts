import { struct, u16, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { bitset } from "../kinds.js";
import { fail, flags, unless } from "../option.js";
import { revision } from "../revision.js";

const info = struct("xt_addrtype_info_v1", "linux/netfilter/xt_addrtype.h", {
  source: u16,
  dest: u16,
  flags: u32,
});
/** IPv4 had it before there were interfaces to limit it to. */
const info0 = struct("xt_addrtype_info", "linux/netfilter/xt_addrtype.h", {
  source: u16,
  dest: u16,
  invertSource: u32,
  invertDest: u32,
});
const TYPE = {
  UNSPEC: 0x1,
  UNICAST: 0x2,
  LOCAL: 0x4,
  BROADCAST: 0x8,
  ANYCAST: 0x10,
  MULTICAST: 0x20,
  BLACKHOLE: 0x40,
  UNREACHABLE: 0x80,
  PROHIBIT: 0x100,
  THROW: 0x200,
  NAT: 0x400,
  XRESOLVE: 0x800,
} as const;
const flag = flags("flags");
const NONE: readonly (keyof typeof TYPE)[] = [];

/**
 * `-m addrtype`: what the routing tables say an address is.
 *
 * @example addrtype({ dstType: ["LOCAL"], limitIfaceIn: true })
 */
export const addrtype = match("addrtype", {
  revision: 1,
  info,
  revisions: [
    revision({
      revision: { ipv4: 0 },
      info: { ipv4: info0 },
      options: {
        srcType: unless(NONE, bitset("source", TYPE), "invertSource", 1),
        dstType: unless(NONE, bitset("dest", TYPE), "invertDest", 1),
      },
    }),
  ],
  options: {
    /**
     * Kinds of the source address, of which one must fit. `LOCAL`: one of this host; `UNICAST`, `BROADCAST`,
     * `MULTICAST`, `ANYCAST`: as named; the others are kinds of routes.
     */
    srcType: unless(NONE, bitset("source", TYPE, { prefix: true }), "flags", 0x1),
    /** Kinds of the destination address, likewise. */
    dstType: unless(NONE, bitset("dest", TYPE, { prefix: true }), "flags", 0x2),
    /** Only as seen from the interface that the packet came in by. Not in OUTPUT and POSTROUTING. */
    limitIfaceIn: flag(0x4),
    /** Only as seen from the interface that it leaves by. Not in PREROUTING and INPUT. */
    limitIfaceOut: flag(0x8),
  },
  check: (o) => {
    if (!o.srcType && !o.dstType) fail("addrtype: --src-type or --dst-type is required");
    if (o.limitIfaceIn && o.limitIfaceOut)
      fail("addrtype: limit the incoming or the outgoing interface, not both");
  },
});
