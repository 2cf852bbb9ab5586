import { openNamespace } from "../backends/namespace.js";
import type { Ranges } from "../blocklist/range-list.js";
import { meets } from "../blocklist/safe.js";
import { addressBytes } from "../host/address.js";
import { deleteConnectionsOf } from "../host/conntrack.js";
import { type Host, hostIn } from "../host/host.js";
import { destroySockets, listSockets } from "../host/sockets.js";
import { FAMILIES } from "../model/family.js";
import { type ReadBan, rangesOf } from "./ban-requests.js";

/** What was ended. */
export interface Killed {
  /** Connections that conntrack knew, those that only pass through this host among them. */
  readonly connections: number;
  /** TCP sockets of this host. */
  readonly sockets: number;
}

/**
 * Ends what the banned have open: sockets of this host are destroyed, so that no process waits for them, then conntrack
 * forgets their connections, so that no rule for established ones lets their packets in.
 */
export async function killConnections(bans: readonly ReadBan[], netns: string | undefined): Promise<Killed> {
  const namespace = netns === undefined ? undefined : openNamespace(netns, "netlink");
  try {
    return await kill(hostIn(namespace), bans);
  } finally {
    namespace?.close();
  }
}
async function kill(host: Host, bans: readonly ReadBan[]): Promise<Killed> {
  const ranges = { ipv4: await rangesOf(bans, "ipv4"), ipv6: await rangesOf(bans, "ipv6") };
  const theirs = (await listSockets(host)).filter(
    ({ family, state, remote }) =>
      state !== "LISTEN" && holdsBytes(ranges[family], addressBytes(remote.address, family), 0),
  );
  const sockets = theirs.length === 0 ? 0 : await destroySockets(host, theirs);
  let connections = 0;
  for (const family of FAMILIES)
    if (ranges[family].length > 0)
      connections += await deleteConnectionsOf(host, family, "the banned", (bytes, at) =>
        holdsBytes(ranges[family], bytes, at),
      );
  return { connections, sockets };
}
const address = new Uint32Array(4);
function holdsBytes(ranges: Ranges, bytes: Uint8Array, at: number): boolean {
  const words = ranges.family === "ipv4" ? 1 : 4;
  for (let w = 0, b = at; w < words; w++, b += 4)
    address[w] = (bytes[b]! << 24) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 8) | bytes[b + 3]!;
  return meets(ranges, address, address);
}
