import type { Family } from "./family.js";

/** How it became known that something must not be cut off. */
export type Provenance =
  /** `SSH_CONNECTION` of this process or one that it descends from. */
  | { readonly by: "environment"; readonly pid: number; readonly process: string }
  /** A socket of the kernel's: a listener, or a connection to one. `process` where /proc tells whose it is. */
  | { readonly by: "socket"; readonly inode: number; readonly pid?: number; readonly process?: string }
  | { readonly by: "sshd-config"; readonly file: string; readonly line: number }
  /** The option `protect`. */
  | { readonly by: "user" };

/**
 * What a change of the rules must not cut off: new connections from somewhere to a port of this host, or one that is
 * established. JSON-safe.
 */
export interface Protected {
  readonly family: Family;
  /** As rules name it: `tcp`, `udp`, a number. */
  readonly protocol: string;
  /** Where it comes from: an address, or a network in CIDR notation; `0.0.0.0/0` and `::/0` are everybody. */
  readonly from: string;
  /** The client's port: given for a connection that is established, absent where new ones must be possible. */
  readonly fromPort?: number;
  /** The address of this host that it goes to; any of them if absent. */
  readonly to?: string;
  readonly port: number;
  /** Of an established connection that NAT led here: where the client had gone to. */
  readonly dialled?: { readonly to: string; readonly port: number };
  /** By which interfaces its packets may come and go, as far as the routes tell; any if absent. */
  readonly interfaces?: readonly string[];
  /** Of an established connection: whether conntrack has an entry for it, so that its packets are ESTABLISHED. */
  readonly tracked?: boolean;
  /**
   * Worth a warning, not a refusal: nobody is known to come from there now. A port that listens, when no session says who
   * uses it; the /64 around an IPv6 peer, whose address may change.
   */
  readonly advisory?: true;
  /** Never empty: everything that led to this entry. */
  readonly provenance: readonly Provenance[];
}

/** A user's own wish: `protect: [{ from: "198.51.100.0/24", protocol: "udp", port: 51820 }]`. */
export interface ProtectWish {
  /** Address or network. Default: everybody, of both families. */
  readonly from?: string;
  /** Default: any address of this host. */
  readonly to?: string;
  /** Default `tcp`. */
  readonly protocol?: string;
  readonly port: number;
}

/** What was found, and what a judgement of it cannot say. */
export interface Protection {
  readonly entries: readonly Protected[];
  /** Sentences: nothing was found, processes could not be read, a peer is reached through a tunnel, and the like. */
  readonly notes: readonly string[];
}
