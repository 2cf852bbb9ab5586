import { struct, u8 } from "../../codec/struct.js";
import { match } from "../define.js";
import { flags } from "../option.js";

const info = struct("xt_socket_mtinfo3", "linux/netfilter/xt_socket.h", { flags: u8 });
const flag = flags("flags");

/**
 * `-m socket`: a socket of this host waits for the packet. In PREROUTING and INPUT.
 *
 * @example socket({ transparent: true })
 */
export const socket = match("socket", {
  revision: 3,
  info,
  options: {
    /** Only sockets that are bound to foreign addresses. */
    transparent: flag(1),
    /** Also sockets that are bound to any address. */
    nowildcard: flag(2),
    /** The packet gets the socket's mark. */
    restoreSkmark: flag(4),
  },
});
