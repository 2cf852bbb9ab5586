import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { span, uint, unlessWhole } from "../kinds.js";
import { fail, flags, printedIf } from "../option.js";

const info = struct(
  "ip6t_frag",
  "linux/netfilter_ipv6/ip6t_frag.h",
  { idLow: u32, idHigh: u32, hdrlen: u32, flags: u8, invflags: u8 },
  { idLow: "ids[0]", idHigh: "ids[1]" },
);
const MAX = 0xffff_ffff;
const given = flags("flags", "invflags");

/**
 * `-m frag`, IPv6: the fragment header.
 *
 * @example frag({ fragmore: true })
 */
export const frag = match("frag", {
  revision: { ipv6: 0 },
  info: { ipv6: info },
  fixed: { idHigh: MAX },
  options: {
    /** The datagram's identification, 0 to 4294967295, or `[from, to]`. */
    fragid: printedIf(unlessWhole("fragid", MAX), given(1, span("idLow", "idHigh", MAX))),
    /** Length of the header in bytes; always 8 on the wire. */
    fraglen: given(2, uint("hdrlen", MAX)),
    /** The reserved bits are zero. */
    fragres: given(4),
    /** The first fragment. */
    fragfirst: given(8),
    /** Another fragment follows. */
    fragmore: given(16),
    /** The last fragment; not beside `fragmore`. */
    fraglast: given(32),
  },
  check: (o) => {
    if (o.fragmore && o.fraglast) fail("frag: --fragmore cannot be used together with --fraglast");
  },
});
