import type { Endpoint, Provenance } from "../model/endpoint.js";
import { networkText, parseNetwork } from "./address.js";
import type { Connection } from "./conntrack.js";
import type { OwnedSocket } from "./ssh-sockets.js";

/** What was found, and what a judgement of it cannot say. JSON-safe. */
export interface Protection {
  readonly endpoints: readonly Endpoint[];
  /** Sentences: nothing was found, a peer is reached through a tunnel, and the like. */
  readonly notes: readonly string[];
}

/** Collects endpoints; the same thing found twice is one endpoint with both provenances. */
export class Findings {
  readonly notes = new Set<string>();
  readonly #endpoints = new Map<string, Endpoint>();
  get endpoints(): Endpoint[] {
    return [...this.#endpoints.values()];
  }
  add(endpoint: Endpoint): void {
    const { family, protocol, from, peerPort, to, port, advisory, provenance } = endpoint,
      key = JSON.stringify([family, protocol, from, peerPort, to, port, advisory]);
    const known = this.#endpoints.get(key);
    this.#endpoints.set(
      key,
      known ? { ...known, provenance: [...known.provenance, ...provenance] } : endpoint,
    );
  }
  /** A live connection: itself, and that its peer can come again. */
  session({ socket, owner }: OwnedSocket, connection: Connection | undefined | "unknown"): void {
    const { family, local, remote } = socket,
      provenance = [socketProvenance({ socket, ...(owner && { owner }) })];
    // NAT may have led the peer here from another port; rules see that one first, and it will be dialled again.
    const { destination: to = local.address, destinationPort: port = local.port } =
      typeof connection === "object" ? connection.original : {};
    const there = { family, protocol: "tcp", from: remote.address, to, port, provenance } as const,
      tracked = connection === "unknown" ? {} : { tracked: connection !== undefined };
    this.add({ ...there, peerPort: remote.port, ...tracked });
    this.peer(there);
  }
  /** New connections from an address that somebody is known to come from. */
  peer(endpoint: Endpoint & { readonly from: string }): void {
    this.add(endpoint);
    // Privacy addresses change within their /64.
    if (endpoint.family !== "ipv6" || !/^[23]/.test(endpoint.from)) return;
    this.add({ ...endpoint, from: networkText(parseNetwork(`${endpoint.from}/64`)), advisory: true });
  }
}

/** What a socket says of where an endpoint comes from. */
export const socketProvenance = ({ socket, owner }: OwnedSocket): Provenance => ({
  found: "socket",
  where: owner ? `${owner.name} (pid ${owner.pid})` : `inode ${socket.inode}`,
});
