import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { flags } from "../option.js";
import { revision } from "../revision.js";

const info = struct("xt_socket_mtinfo3", "linux/netfilter/xt_socket.h", { flags: u8 });
const info1 = struct("xt_socket_mtinfo1", "linux/netfilter/xt_socket.h", { flags: u8 }),
  info2 = struct("xt_socket_mtinfo2", "linux/netfilter/xt_socket.h", { flags: u8 });
const flag = flags("flags");

/**
 * `-m socket`: a socket of this host waits for the packet. In PREROUTING and INPUT.
 *
 * @example socket({ transparent: true })
 */
export const socket = match("socket", {
  revision: 3,
  info,
  revisions: [
    revision({ revision: { ipv4: 0 }, info: { ipv4: struct({}) }, options: {} }),
    revision({ revision: 1, info: info1, options: { transparent: flag(1) } }),
    revision({ revision: 2, info: info2, options: { transparent: flag(1), nowildcard: flag(2) } }),
  ],
  options: {
    /** Only sockets that are bound to foreign addresses. */
    transparent: flag(1),
    /** Also sockets that are bound to any address. */
    nowildcard: flag(2),
    /** The packet gets the socket's mark. */
    restoreSkmark: flag(4),
  },
});
