import { inetAddr, struct, u8, u16 } from "../../codec/struct.js";
import { isNot, type Options } from "../../model/rule.js";
import { match } from "../define.js";
import { network, uint } from "../kinds.js";
import { flags } from "../option.js";
import { revision } from "../revision.js";

const HEADER = "linux/netfilter_ipv6/ip6t_srh.h",
  FIELDS = { nextHdr: u8, hdrLen: u8, segsLeft: u8, lastEntry: u8, tag: u16 } as const,
  FLAGS = { mtFlags: u16, mtInvflags: u16 } as const;
const info0 = struct("ip6t_srh", HEADER, { ...FIELDS, ...FLAGS });
const info = struct("ip6t_srh1", HEADER, {
  ...FIELDS,
  psidAddr: inetAddr,
  nsidAddr: inetAddr,
  lsidAddr: inetAddr,
  psidMsk: inetAddr,
  nsidMsk: inetAddr,
  lsidMsk: inetAddr,
  ...FLAGS,
});
const given = flags("mtFlags", "mtInvflags");
/** An address with a mask, which is printed even where it is full. */
const sid = <A extends string, M extends string>(addr: A, mask: M) => ({
  ...network(addr, mask),
  print: (value: string) => (value.includes("/") ? value : `${value}/128`),
});
/** One byte in the struct serves three comparisons: of different values the last one typed counts for all. */
const SHARED = ["srhHdrLen", "srhSegsLeft", "srhLastEntry"].map((key) => [
  `${key}Eq`,
  `${key}Gt`,
  `${key}Lt`,
]);
const plain = (value: unknown): unknown => (isNot(value) ? value.not : value);
function lastOfEach<O extends Options>(options: O): O {
  const merged: Record<string, unknown> = { ...options };
  for (const keys of SHARED) {
    const last = Object.keys(options).findLast((key) => keys.includes(key) && options[key] !== undefined);
    const value = plain(options[last ?? ""]);
    for (const key of keys)
      if (merged[key] !== undefined && plain(merged[key]) !== value)
        merged[key] = isNot(merged[key]) ? { not: value } : value;
  }
  return merged as O;
}

/** Revision 0 knew no segments by their addresses. */
const BEFORE = {
  /** The protocol behind the header, by number, 0 to 255. */
  srhNextHdr: given(0x1, uint("nextHdr", 255)),
  /** The header's length in units of 8 bytes, 0 to 255; of `Eq`, `Gt` and `Lt` all have one value. */
  srhHdrLenEq: given(0x2, uint("hdrLen", 255)),
  /** Longer than this. */
  srhHdrLenGt: given(0x4, uint("hdrLen", 255)),
  /** Shorter than this. */
  srhHdrLenLt: given(0x8, uint("hdrLen", 255)),
  /** Segments left, 0 to 255. */
  srhSegsLeftEq: given(0x10, uint("segsLeft", 255)),
  /** More segments left. */
  srhSegsLeftGt: given(0x20, uint("segsLeft", 255)),
  /** Fewer segments left. */
  srhSegsLeftLt: given(0x40, uint("segsLeft", 255)),
  /** The index of the last segment, 0 to 255. */
  srhLastEntryEq: given(0x80, uint("lastEntry", 255)),
  /** A larger index. */
  srhLastEntryGt: given(0x100, uint("lastEntry", 255)),
  /** A smaller index. */
  srhLastEntryLt: given(0x200, uint("lastEntry", 255)),
  /** The header's tag, 0 to 65535. */
  srhTag: given(0x400, uint("tag", 0xffff)),
};

/**
 * `-m srh`, IPv6: the Segment Routing header, RFC 8754.
 *
 * @example srh({ srhSegsLeftEq: 0 })
 */
export const srh = match("srh", {
  revision: { ipv6: 1 },
  info: { ipv6: info },
  revisions: [revision({ revision: { ipv6: 0 }, info: { ipv6: info0 }, options: BEFORE })],
  merge: lastOfEach,
  options: {
    ...BEFORE,
    /** The previous segment, an address with or without a mask. */
    srhPsid: given(0x800, sid("psidAddr", "psidMsk")),
    /** The next segment. */
    srhNsid: given(0x1000, sid("nsidAddr", "nsidMsk")),
    /** The last segment. */
    srhLsid: given(0x2000, sid("lsidAddr", "lsidMsk")),
  },
});
