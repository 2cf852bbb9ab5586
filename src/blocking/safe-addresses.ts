import { openNamespace } from "../backends/namespace.js";
import type { SafeAddress } from "../blocklist/safe.js";
import { hostIn } from "../host/host.js";
import { hostAddresses } from "../host/links.js";
import { findProtection } from "../host/protection.js";
import { resolvers } from "../host/resolvers.js";
import { defaultGateways } from "../host/routes.js";

/** What is never blocked. */
export interface SafeOptions {
  /** 127.0.0.0/8 and ::1. Default true. */
  readonly loopback?: boolean;
  /** The addresses of this host. Default true. */
  readonly host?: boolean;
  /** Through which it reaches everyone else. Default true. */
  readonly gateways?: boolean;
  /** The name servers of /etc/resolv.conf. Default true. */
  readonly resolvers?: boolean;
  /** Who is logged in by ssh now, as far as sockets and environments tell. Default true. */
  readonly ssh?: boolean;
  /** Addresses, networks and ranges of your own. */
  readonly also?: readonly string[];
}

/** The safe addresses of a network namespace, as of now. */
export async function safeAddresses(options: SafeOptions, netns: string | undefined): Promise<SafeAddress[]> {
  const {
    loopback = true,
    host = true,
    gateways = true,
    resolvers: names = true,
    ssh = true,
    also = [],
  } = options;
  const namespace = netns === undefined ? undefined : openNamespace(netns, "netlink");
  try {
    const facts = hostIn(namespace),
      found: SafeAddress[] = [];
    const take = (why: string, addresses: readonly string[]): void => {
      for (const address of addresses) found.push({ address, why });
    };
    if (loopback) take("the loopback interface", ["127.0.0.0/8", "::1"]);
    if (host)
      for (const { address, interface: device } of await hostAddresses(facts))
        take(`this host, on ${device}`, [address]);
    if (gateways) take("a default gateway", await defaultGateways(facts));
    if (names) take("a name server", await resolvers());
    // Whoever is connected now; a port that waits for anyone says of no one that he is safe.
    if (ssh)
      for (const { from, peerPort, provenance } of (await findProtection(facts)).endpoints)
        if (
          from !== undefined &&
          (peerPort !== undefined || provenance.some(({ found: by }) => by === "SSH_CONNECTION"))
        )
          take("an ssh session", [from]);
    take("asked for", also);
    return found;
  } finally {
    namespace?.close();
  }
}
