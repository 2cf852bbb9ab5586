import type { Family } from "../model/family.js";
import type { SetContents } from "../model/set-contents.js";
import type { Bounds } from "./bounds.js";

/** What the host is known to be, as far as the caller knows it. What is left out is not known. */
export interface HostFacts {
  /** This host's addresses. */
  readonly addresses?: readonly string[];
  /** TCP ports that a server for the endpoints listens on: where a REDIRECT may lead. */
  readonly listening?: readonly number[];
  /** Interfaces that are ports of a bridge, or are one. */
  readonly bridges?: readonly string[];
  /** Whether something other than these tables keeps conntrack busy. */
  readonly conntrack?: boolean;
  /** `net.netfilter.nf_conntrack_tcp_loose`, true unless given: whether connections are picked up in the middle. */
  readonly tcpLoose?: boolean;
  /** Whether packets from there would be answered through the interface they come in by; for rpfilter. */
  readonly reversePath?: boolean;
  /** Queues that a program listens to, for NFQUEUE. */
  readonly queues?: readonly number[];
  /** The user that the server's sockets belong to; 0 for sshd. */
  readonly owner?: number;
  /** What ipsets hold that look at one address, by their names; a set that is not here is not known. */
  readonly sets?: Readonly<Record<string, SetContents>>;
  /** Milliseconds since 1970, for `-m time`. */
  readonly now?: number;
}

/** What is the same for all packets of one walk. */
export interface Scene {
  readonly family: Family;
  /** `through`: forwarded. */
  readonly direction: "in" | "out" | "through";
  readonly facts: HostFacts;
  /** This host's addresses, loopback included. */
  readonly own: Bounds | undefined;
  /** The other end's addresses, and whether that may be this host itself. */
  readonly peers: Bounds | undefined;
  readonly localPeer: boolean | undefined;
  /** Whether they begin a connection. */
  readonly syn: boolean;
}
