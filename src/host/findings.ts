import type { Protected, Protection, Provenance } from "../model/protected.js";
import { networkText, parseNetwork } from "./address.js";
import type { Connection } from "./conntrack.js";
import type { OwnedSocket } from "./ssh-sockets.js";

export const SSH = { protocol: "tcp" } as const;
/** What must not be cut off, before it is said why that is known. */
export type Entry = Omit<Protected, "provenance">;

/** Collects entries; the same thing found twice is one entry with both provenances. */
export class Findings {
  readonly notes = new Set<string>();
  readonly #entries = new Map<string, { entry: Entry; provenance: Provenance[] }>();
  get entries(): Entry[] {
    return [...this.#entries.values()].map(({ entry }) => entry);
  }
  add(entry: Entry, provenance: Provenance): void {
    const { family, protocol, from, fromPort, to, port, advisory } = entry,
      key = JSON.stringify([family, protocol, from, fromPort, to, port, advisory]);
    const known = this.#entries.get(key);
    if (known) known.provenance.push(provenance);
    else this.#entries.set(key, { entry, provenance: [provenance] });
  }
  /** A live connection: itself, and that its peer can come again. */
  session(owned: OwnedSocket, connection: Connection | undefined | "unknown"): void {
    const { family, local, remote } = owned.socket,
      provenance = socketProvenance(owned),
      tracked = connection === "unknown" ? {} : { tracked: connection !== undefined };
    const there = { ...SSH, family, from: remote.address, to: local.address, port: local.port };
    // NAT may have led the peer here from another port; it will dial that one again.
    const { destination = local.address, destinationPort = local.port } =
      typeof connection === "object" ? connection.original : {};
    const dialled = { to: destination, port: destinationPort },
      redirected = destination !== local.address || destinationPort !== local.port;
    this.add({ ...there, fromPort: remote.port, ...tracked, ...(redirected && { dialled }) }, provenance);
    this.peer({ ...there, ...dialled }, provenance);
  }
  /** New connections from an address that somebody is known to come from. */
  peer(entry: Entry, provenance: Provenance): void {
    this.add(entry, provenance);
    // Privacy addresses change within their /64.
    if (entry.family !== "ipv6" || !/^[23]/.test(entry.from)) return;
    this.add({ ...entry, from: networkText(parseNetwork(`${entry.from}/64`)), advisory: true }, provenance);
  }
  result(withPath: (entry: Entry) => Partial<Protected>): Protection {
    const entries = [...this.#entries.values()].map(({ entry, provenance }) => ({
      ...entry,
      ...withPath(entry),
      provenance,
    }));
    if (entries.length === 0) this.notes.add(NOTHING);
    return { entries, notes: [...this.notes] };
  }
}
const NOTHING =
  "nothing to protect was found: no ssh session, no listening ssh server, no SSH_CONNECTION, and nothing was named; so nothing can be called safe";

/** What a socket says of where an entry comes from. */
export const socketProvenance = ({ socket, owner }: OwnedSocket): Provenance => ({
  by: "socket",
  inode: socket.inode,
  ...(owner && { pid: owner.pid, process: owner.name }),
});
