import { struct, u8, u16 } from "../../codec/struct.js";
import { target } from "../define.js";
import { wrappedUint } from "../kinds.js";
import { flags } from "../option.js";

const info = struct("nf_synproxy_info", "linux/netfilter/nf_synproxy.h", {
  options: u8,
  wscale: u8,
  mss: u16,
});
const given = flags("options");

/**
 * `-j SYNPROXY`, in INPUT and FORWARD: shakes hands in place of the server, which sees whole connections only. What the
 * options say must be what the server would say. The kernel takes it with `-p tcp` only.
 *
 * @example synproxy({ sackPerm: true, timestamp: true, wscale: 7, mss: 1460 })
 */
export const synproxy = target("SYNPROXY", {
  revision: 0,
  info,
  options: {
    /** Offers selective acknowledgements. */
    sackPerm: given(0x4),
    /** Offers timestamps; without them, nothing the client offers can be kept. */
    timestamp: given(0x8),
    /** The server's window scale, 0 to 14 in TCP; the field holds 255. */
    wscale: given(0x2, wrappedUint("wscale", 0xff)),
    /** The server's largest segment, 0 to 65535 bytes. */
    mss: given(0x1, wrappedUint("mss", 0xffff)),
    /** Offers explicit congestion notification. */
    ecn: given(0x10),
  },
});
