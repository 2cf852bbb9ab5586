import type { Family } from "./family.js";

/** How an endpoint came to be known, in words that a report can show. */
export interface Provenance {
  /** `user` stands for what somebody named: `protect`, or switches of the command line. */
  readonly found: "SSH_CONNECTION" | "socket" | "sshd_config" | "user";
  /** The process, the file or the variable: "sshd (pid 812)", "/etc/ssh/sshd_config:13". */
  readonly where: string;
}

/**
 * What must go on working while rules change: a service of this host and those who reach it, or, where `peerPort` is
 * known, one connection that is open now.
 */
export interface Endpoint {
  readonly family: Family;
  readonly protocol: "tcp" | "udp";
  /** Who: an address or a network, as a rule has it. Undefined: anyone. */
  readonly from?: string;
  /** Which of this host's addresses. Undefined: it is not known, or any of them. */
  readonly to?: string;
  /** On this host, as peers see it: before any REDIRECT or DNAT. */
  readonly port: number;
  /** The peer's port. With it the endpoint is a connection that is open now. */
  readonly peerPort?: number;
  /** Interfaces that its packets may come in and go out by. Undefined: not known. */
  readonly interfaces?: readonly string[];
  /** Of an open connection: whether conntrack has an entry for it. Undefined: not known. */
  readonly tracked?: boolean;
  /**
   * Worth a warning, not a refusal: nobody is known to come from there now. A port that listens while no session says who
   * uses it; the /64 around an IPv6 peer, whose address may change.
   */
  readonly advisory?: true;
  readonly provenance: readonly Provenance[];
}
