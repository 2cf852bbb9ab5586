import type { Counters } from "./counters.js";

/** `!` on the command line. */
export interface Not<V> {
  readonly not: V;
}
export type Negatable<V> = V | Not<V>;
export const isNot = <V>(value: Negatable<V>): value is Not<V> =>
  typeof value === "object" && value !== null && "not" in value;

export type Options = Readonly<Record<string, unknown>>;

/**
 * Makes a part nominal: it comes from an extension's factory, a parse or a decode, where its options were checked. One
 * written by hand would have options that no compiler looks at. At run time there is no such field.
 */
declare const CHECKED: unique symbol;
/** One match or one target of a rule, frozen and JSON-safe: `{ name: "conntrack", options: { ctstate: ["NEW"] } }`. */
export interface Part<N extends string = string, O = Options> {
  readonly [CHECKED]: true;
  readonly name: N;
  readonly options: O;
}
/** A match or target that Rampart does not know: kept byte for byte, never rewritten, never printed as text. */
export interface OpaquePart extends Part {
  readonly opaque: {
    readonly revision: number /** The kernel struct's bytes, in hex. */;
    readonly data: string;
  };
}
export const isOpaque = (part: Part): part is OpaquePart => "opaque" in part;

/** What `-p` takes: a name that iptables itself knows, or the number. */
export type Protocol =
  | "tcp"
  | "udp"
  | "udplite"
  | "icmp"
  | "ipv6-icmp"
  | "esp"
  | "ah"
  | "sctp"
  | "mobility-header"
  | number;

/** Ends the walk through a chain; anything else that `jump` names is a user chain. */
export const VERDICTS = ["ACCEPT", "DROP", "RETURN", "QUEUE"] as const;
export type Verdict = (typeof VERDICTS)[number];
export const isVerdict = (name: string): name is Verdict => (VERDICTS as readonly string[]).includes(name);

/**
 * One rule. Fields are iptables' long options in camelCase; an absent field means any.
 *
 * @example { source: "10.0.0.0/8", protocol: "tcp", matches: [tcp({ dport: 22 })], jump: "ACCEPT" }
 */
export interface Rule {
  /** `-s`: `a.b.c.d/len`, or `a.b.c.d/m.m.m.m` where the mask has holes; IPv6 likewise. No name, no list. */
  readonly source?: Negatable<string>;
  /** `-d`, as `source`. */
  readonly destination?: Negatable<string>;
  /** `-i`: at most 15 bytes; a trailing `+` stands for any ending. */
  readonly inInterface?: Negatable<string>;
  /** `-o`, as `inInterface`. */
  readonly outInterface?: Negatable<string>;
  /** `-p`. */
  readonly protocol?: Negatable<Protocol>;
  /** `-f`, IPv4 only: second and further fragments. */
  readonly fragment?: Negatable<true>;
  readonly matches?: readonly Part[];
  /** `-j`: a verdict, a user chain, or a target. Without it (and `goto`) the rule only counts. */
  readonly jump?: Verdict | (string & {}) | Part;
  /** `-g`: a user chain that does not come back here. */
  readonly goto?: string;
  /** As read from the kernel; on a new rule, what its counters start from. */
  readonly counters?: Counters;
}
