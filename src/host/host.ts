import { type Namespace, netlinkTransport, type Transport } from "../native.js";
import { NETLINK } from "../netlink/wire.js";

/** The three conversations by which a network namespace tells about itself; each may be faked by a function. */
export interface Host {
  /** sock_diag. */
  readonly diag: Transport;
  /** rtnetlink. */
  readonly route: Transport;
  /** nfnetlink, of which conntrack is a part. */
  readonly netfilter: Transport;
}

/** The host as it is seen from a network namespace, undefined being this process's own. */
export const hostIn = (namespace: Namespace | undefined): Host => ({
  diag: netlinkTransport(NETLINK.sockDiag, namespace),
  route: netlinkTransport(NETLINK.route, namespace),
  netfilter: netlinkTransport(NETLINK.netfilter, namespace),
});
