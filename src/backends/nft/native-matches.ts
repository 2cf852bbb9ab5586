import { host32 } from "../../netlink/attributes.js";
import type { EntryBuilder } from "./entry-builder.js";
import { notIptables, type Value } from "./fields.js";
import { OP } from "./wire.js";

/** A comparison of what was loaded from a packet: with one value, or with a range. */
export interface Comparison {
  readonly m: Uint8Array;
  /** One of OP. */
  readonly op: number;
  readonly value: Value;
  /** The upper end of a range. */
  readonly to?: Value | undefined;
  /** Where the mask stands, where there is one. */
  readonly mask: number | undefined;
}
/** A match that was begun by one comparison and may be completed by the next, if nothing stands between. */
interface Begun {
  readonly name: string;
  readonly at: number;
  readonly end: number;
  readonly keys: Set<string>;
  inverted: number;
}

const TCP = 6,
  UDP = 17,
  ICMP = { ipv4: 1, ipv6: 58 } as const;
const ALL_PORTS = { sportLow: 0, sportHigh: 0xffff, dportLow: 0, dportHigh: 0xffff };
/** Bits of `invflags`, the same for tcp and udp. */
const INVERT = { sport: 1, dport: 2, flags: 4 } as const;
const LESS = 2,
  GREATER = 3;
const FLAGS_OFFSET = 13;

/** Matches that iptables-nft since 1.8.8 writes, or nft, in nf_tables' own words: the same as xt matches. */
export class NativeMatches {
  readonly #entry: EntryBuilder;
  #begun: Begun | undefined;
  constructor(entry: EntryBuilder) {
    this.#entry = entry;
  }
  begin(): void {
    this.#begun = undefined;
  }
  /** `offset` and the value's length say which field of the transport header it is. */
  transport(protocol: number | undefined, offset: number, c: Comparison): void {
    const { length } = c.value;
    if (protocol === ICMP[this.#entry.family]) return this.#icmp(offset, c);
    if (protocol !== TCP && protocol !== UDP) notIptables();
    const name = protocol === TCP ? "tcp" : "udp";
    if (offset === 0 && length === 2) this.#port(name, "sport", c);
    else if (offset === 2 && length === 2) this.#port(name, "dport", c);
    else if (offset === 0 && length === 4) this.#bothPorts(name, c);
    else if (protocol === TCP && offset === FLAGS_OFFSET && length === 1) this.#flags(c);
    else notIptables();
  }
  mark({ m, op, value, mask, to }: Comparison): void {
    if (to || value.length !== 4 || op > OP.notEqual) notIptables();
    this.#entry.match("mark", {
      mark: host32(m, value.at),
      mask: mask === undefined ? 0xffff_ffff : host32(m, mask),
      invert: op,
    });
  }
  packetType({ m, op, value, mask, to }: Comparison): void {
    if (to || mask !== undefined || value.length !== 1 || op > OP.notEqual) notIptables();
    this.#entry.match("pkttype", { type: m[value.at]!, invert: op });
  }
  /** `-m ttl`, and `-m hl` in IPv6. */
  hops({ m, op, value, mask, to }: Comparison): void {
    if (to || mask !== undefined || value.length !== 1) notIptables();
    const limit = m[value.at]!,
      ipv4 = this.#entry.family === "ipv4",
      match = (mode: number, hops: number) =>
        this.#entry.match(ipv4 ? "ttl" : "hl", ipv4 ? { mode, ttl: hops } : { mode, hopLimit: hops });
    if (op === OP.equal || op === OP.notEqual) match(op, limit);
    else if (op === OP.less) match(LESS, limit);
    else if (op === OP.atMost && limit < 255) match(LESS, limit + 1);
    else if (op === OP.greater) match(GREATER, limit);
    else if (op === OP.atLeast && limit > 0) match(GREATER, limit - 1);
    else notIptables();
  }

  #port(name: string, side: "sport" | "dport", c: Comparison): void {
    if (c.mask !== undefined) notIptables();
    const port = (at: number) => (c.m[at]! << 8) | c.m[at + 1]!,
      value = port(c.value.at);
    if (c.to) this.#ports(name, side, value, port(c.to.at), c.op === OP.notEqual);
    else if (c.op === OP.equal || c.op === OP.notEqual)
      this.#ports(name, side, value, value, c.op === OP.notEqual);
    else if (c.op === OP.atMost) this.#ports(name, side, 0, value, false);
    // iptables says `! 0:b` so, and reads it as what it says.
    else if (c.op === OP.greater && value < 0xffff) this.#ports(name, side, value + 1, 0xffff, false);
    else if (c.op === OP.atLeast) this.#ports(name, side, value, 0xffff, false);
    else if (c.op === OP.less && value > 0) this.#ports(name, side, 0, value - 1, false);
    else notIptables();
  }
  #bothPorts(name: string, { m, op, value, mask, to }: Comparison): void {
    if (op !== OP.equal || mask !== undefined || to) notIptables();
    const sport = (m[value.at]! << 8) | m[value.at + 1]!,
      dport = (m[value.at + 2]! << 8) | m[value.at + 3]!;
    this.#ports(name, "sport", sport, sport, false);
    this.#ports(name, "dport", dport, dport, false);
  }
  #ports(name: string, side: "sport" | "dport", low: number, high: number, inverted: boolean): void {
    this.#complete(name, side, { [`${side}Low`]: low, [`${side}High`]: high }, inverted ? INVERT[side] : 0);
  }
  #flags({ m, op, value, mask, to }: Comparison): void {
    if (mask === undefined || to || op > OP.notEqual) notIptables();
    const fields = { flagMask: m[mask!]!, flagCompare: m[value.at]! };
    this.#complete("tcp", "flags", fields, op === OP.notEqual ? INVERT.flags : 0);
  }
  #icmp(offset: number, { m, op, value, mask, to }: Comparison): void {
    if (to || mask !== undefined || op > OP.notEqual) notIptables();
    const name = this.#entry.family === "ipv4" ? "icmp" : "icmp6",
      first = m[value.at]!;
    if (offset === 0 && value.length === 1)
      this.#entry.match(name, { type: first, codeMin: 0, codeMax: 0xff, inverted: op });
    else if (offset === 0 && value.length === 2) {
      const code = m[value.at + 1]!;
      this.#entry.match(name, { type: first, codeMin: code, codeMax: code, inverted: op });
    } else notIptables();
  }
  /** `key` says what the fields are about: a match says each thing once. */
  #complete(name: string, key: string, fields: Readonly<Record<string, number>>, inverted: number): void {
    const entry = this.#entry,
      begun = this.#begun;
    if (begun?.name === name && begun.end === entry.length && !begun.keys.has(key)) {
      begun.keys.add(key);
      begun.inverted |= inverted;
      entry.change(name, begun.at, { ...fields, inverted: begun.inverted });
      return;
    }
    const at = entry.match(name, { ...ALL_PORTS, ...fields, inverted });
    this.#begun = { name, at, end: entry.length, keys: new Set([key]), inverted };
  }
}
