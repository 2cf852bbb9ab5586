import { cstring, struct, u16, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { quoteIfNeeded, text, uint } from "../kinds.js";
import { depending, fail, flags, unless } from "../option.js";

const info = struct("xt_nflog_info", "linux/netfilter/xt_NFLOG.h", {
  len: u32,
  group: u16,
  threshold: u16,
  flags: u16,
  pad: u16,
  prefix: cstring(64, 63),
});
const LARGEST = 0xffff_ffff;
const COPY_LENGTH = 1;

/**
 * `-j NFLOG`: hands the packet to a logging program.
 *
 * @example nflog({ nflogGroup: 5, nflogPrefix: "denied: " })
 */
export const nflog = target("NFLOG", {
  revision: 0,
  info,
  fixed: { pad: 0 },
  options: {
    /** Goes with each packet: 1 to 63 bytes, what is longer is cut. */
    nflogPrefix: unless("", text("prefix", { max: 63, min: 1, cut: true, print: quoteIfNeeded })),
    /** The netlink group that the program listens to, 0 to 65535; 0 unless given. */
    nflogGroup: unless(0, uint("group", 0xffff)),
    /** How many bytes of each packet are handed over; all unless given. */
    nflogSize: flags("flags")(COPY_LENGTH, uint("len", LARGEST)),
    /** The same, as it was before it worked: the kernel takes no notice. */
    nflogRange: depending({ beside: (o) => o.nflogSize === undefined }, unless(0, uint("len", LARGEST))),
    /** How many packets are gathered before they are handed over; 0, unless given, leaves it to the kernel. */
    nflogThreshold: unless(0, uint("threshold", 0xffff)),
  },
  merge: ({ nflogRange, ...o }) => (nflogRange ? { ...o, nflogRange } : o),
  check: (o) => {
    if (o.nflogSize !== undefined && o.nflogRange !== undefined)
      fail("NFLOG: --nflog-size and --nflog-range exclude each other");
  },
});
