import { LITTLE, u32 } from "../../codec/struct.js";
import { fail } from "../../errors.js";
import { ENTRY, FRAGMENT, INVERTED } from "../../extensions/entry-layout.js";
import { INTERFACE_SIZE } from "../../extensions/interface.js";
import { HEADER, nameOf, REVISION, short } from "../../extensions/part-header.js";
import type { Family } from "../../model/family.js";
import type { MessageWriter } from "../../netlink/writer.js";
import {
  BASE,
  BITWISE,
  CMP,
  CODE,
  COUNTER,
  DATA,
  ELEMENT,
  EXPRESSION,
  IMMEDIATE,
  KEY,
  LIMIT,
  META,
  OP,
  PAYLOAD,
  REGISTER,
  VERDICT,
  XT,
} from "./wire.js";

/** Where iptables keeps addresses in the packet's header. */
export const SOURCE = { ipv4: 12, ipv6: 8 } as const,
  DESTINATION = { ipv4: 16, ipv6: 24 } as const;
export const FRAGMENT_OFFSET = 6,
  /** The offset's bits, in network byte order. */
  FRAGMENT_BITS = Uint8Array.of(0x1f, 0xff);
/** What iptables writes for `! -i +`: no interface can be called so. */
export const NO_INTERFACE = new TextEncoder().encode("INVAL/D\0");
/** XT_LIMIT_SCALE */
const LIMIT_SCALE = 10_000;
const word = u32.slot(0);
const ZERO = new Uint8Array(16);
const ONE = Uint8Array.of(1);
/** Verdicts as x_tables stores them, and as nf_tables does. */
const VERDICTS: ReadonlyMap<number, number> = new Map([
  [-2, CODE.accept],
  [-1, CODE.drop],
  [-5, CODE.return],
]);

/**
 * Writes one `ipt_entry` or `ip6t_entry` as nf_tables expressions, in the one form that every iptables-nft since 1.8.4
 * reads: addresses, interfaces, protocol and fragments as nf_tables has them, all else as xt extensions. `chain` is the
 * user chain that the rule leads to. Throws "invalid-value" for what nf_tables cannot say.
 */
export function writeExpressions(
  w: MessageWriter,
  entry: Uint8Array,
  family: Family,
  chain: string | undefined,
): void {
  const E = ENTRY[family],
    inverted = entry[E.inverted]!,
    size = E.address;
  device(w, KEY.inName, entry, E.inName, E.inMask, (inverted & INVERTED.inInterface) !== 0);
  device(w, KEY.outName, entry, E.outName, E.outMask, (inverted & INVERTED.outInterface) !== 0);
  const protocol = protocolOfEntry(entry, family);
  if (protocol !== 0) {
    if (protocol > 0xff) fail(`protocol ${protocol} does not fit into a packet: nf_tables knows 0 to 255`);
    meta(w, KEY.protocol);
    compare(w, not(inverted & INVERTED.protocol), Uint8Array.of(protocol), 0, 1);
  }
  address(w, entry, E.source, E.sourceMask, size, SOURCE[family], inverted & INVERTED.source);
  address(
    w,
    entry,
    E.destination,
    E.destinationMask,
    size,
    DESTINATION[family],
    inverted & INVERTED.destination,
  );
  if (family === "ipv4" && entry[E.flags]! & FRAGMENT) {
    payload(w, BASE.network, FRAGMENT_OFFSET, 2);
    bitwise(w, FRAGMENT_BITS, 0, 2);
    compare(w, inverted & INVERTED.fragment ? OP.equal : OP.notEqual, ZERO, 0, 2);
  }
  const target = short.get(entry, E.target);
  let at: number = E.size;
  for (; at < target; at += short.get(entry, at)) if (!limit(w, entry, at)) extension(w, "match", entry, at);
  counter(w, entry, E.counters);
  if (chain !== undefined) verdict(w, entry[E.flags]! & E.goto ? CODE.goto : CODE.jump, chain);
  else if (entry[target + 2] === 0) standard(w, entry, target);
  else if (nameOf(entry, target) === "TRACE") trace(w);
  else extension(w, "target", entry, target);
}

/** The entry's `-p`; 0 is any. */
export const protocolOfEntry = (entry: Uint8Array, family: Family): number =>
  short.get(entry, ENTRY[family].protocol);
export const isProtocolInverted = (entry: Uint8Array, family: Family): boolean =>
  (entry[ENTRY[family].inverted]! & INVERTED.protocol) !== 0;

const not = (inverted: number): number => (inverted === 0 ? OP.equal : OP.notEqual);

function device(
  w: MessageWriter,
  key: number,
  entry: Uint8Array,
  name: number,
  mask: number,
  inverted: boolean,
): void {
  let length = 0;
  while (length < INTERFACE_SIZE && entry[mask + length] === 0xff) length++;
  if (length === 0 && !inverted) return;
  meta(w, key);
  if (length === 0) compare(w, OP.equal, NO_INTERFACE, 0, NO_INTERFACE.length);
  else compare(w, inverted ? OP.notEqual : OP.equal, entry, name, name + length);
}
function address(
  w: MessageWriter,
  entry: Uint8Array,
  at: number,
  mask: number,
  size: number,
  offset: number,
  inverted: number,
): void {
  let all = 0xff,
    any = 0;
  for (let i = mask; i < mask + size; i++) {
    all &= entry[i]!;
    any |= entry[i]!;
  }
  if (any === 0 && inverted === 0) return;
  payload(w, BASE.network, offset, size);
  // 1.8.4 takes a shorter payload for a whole address, so that a prefix always goes by its mask.
  if (all !== 0xff) bitwise(w, entry, mask, mask + size);
  compare(w, not(inverted), entry, at, at + size);
}
function standard(w: MessageWriter, entry: Uint8Array, target: number): void {
  const at = target + HEADER,
    low = short.get(entry, at),
    high = short.get(entry, at + 2),
    number = LITTLE ? low | (high << 16) : (low << 16) | high;
  // No target at all stands there as zero.
  if (number === 0) return;
  const code = VERDICTS.get(number) ?? fail("QUEUE does not exist with nf_tables: NFQUEUE does");
  verdict(w, code, undefined);
}

/** An expression's two nests; `end` closes them. */
interface Nests {
  readonly element: number;
  readonly data: number;
}
function begin(w: MessageWriter, name: string): Nests {
  const element = w.open(ELEMENT);
  w.text(EXPRESSION.name, name);
  return { element, data: w.open(EXPRESSION.data) };
}
function end(w: MessageWriter, { element, data }: Nests): void {
  w.close(data);
  w.close(element);
}
function value(w: MessageWriter, type: number, bytes: Uint8Array, from: number, to: number): void {
  const nest = w.open(type);
  w.slice(DATA.value, bytes, from, to);
  w.close(nest);
}
function meta(w: MessageWriter, key: number): void {
  const nests = begin(w, "meta");
  w.be32(META.key, key);
  w.be32(META.dreg, REGISTER.first);
  end(w, nests);
}
function payload(w: MessageWriter, base: number, offset: number, length: number): void {
  const nests = begin(w, "payload");
  w.be32(PAYLOAD.dreg, REGISTER.first);
  w.be32(PAYLOAD.base, base);
  w.be32(PAYLOAD.offset, offset);
  w.be32(PAYLOAD.length, length);
  end(w, nests);
}
function bitwise(w: MessageWriter, bytes: Uint8Array, from: number, to: number): void {
  const nests = begin(w, "bitwise");
  w.be32(BITWISE.sreg, REGISTER.first);
  w.be32(BITWISE.dreg, REGISTER.first);
  w.be32(BITWISE.length, to - from);
  value(w, BITWISE.mask, bytes, from, to);
  value(w, BITWISE.xor, ZERO, 0, to - from);
  end(w, nests);
}
function compare(w: MessageWriter, op: number, bytes: Uint8Array, from: number, to: number): void {
  const nests = begin(w, "cmp");
  w.be32(CMP.sreg, REGISTER.first);
  w.be32(CMP.operation, op);
  value(w, CMP.data, bytes, from, to);
  end(w, nests);
}
function counter(w: MessageWriter, entry: Uint8Array, at: number): void {
  const nests = begin(w, "counter");
  w.data(COUNTER.bytes, bigEndian(entry, at + 8));
  w.data(COUNTER.packets, bigEndian(entry, at));
  end(w, nests);
}
const big = new Uint8Array(8);
/** Eight bytes of the machine's own order, turned; until the next call. */
function bigEndian(entry: Uint8Array, at: number): Uint8Array {
  for (let i = 0; i < 8; i++) big[i] = entry[at + (LITTLE ? 7 - i : i)]!;
  return big;
}
function extension(w: MessageWriter, kind: "match" | "target", entry: Uint8Array, at: number): void {
  const nests = begin(w, kind);
  w.text(XT.name, nameOf(entry, at));
  w.be32(XT.revision, entry[at + REVISION]!);
  w.slice(XT.info, entry, at + HEADER, at + short.get(entry, at));
  end(w, nests);
}
/**
 * Every iptables-nft writes `-m limit` in nf_tables' own words, which hold what the xt match refuses: one packet a day.
 * False where it is another match, or a rate that they cannot say exactly.
 */
function limit(w: MessageWriter, entry: Uint8Array, at: number): boolean {
  if (nameOf(entry, at) !== "limit" || entry[at + REVISION] !== 0) return false;
  const average = word.get(entry, at + HEADER),
    unit = UNITS.find((seconds) => averageOf(rateOf(average, seconds), seconds) === average);
  if (unit === undefined) return false;
  const nests = begin(w, "limit");
  w.be64(LIMIT.rate, rateOf(average, unit));
  w.be64(LIMIT.unit, unit);
  w.be32(LIMIT.burst, word.get(entry, at + HEADER + 4));
  w.be32(LIMIT.type, 0);
  w.be32(LIMIT.flags, 0);
  end(w, nests);
  return true;
}
/** Seconds. */
const UNITS: readonly number[] = [1, 60, 60 * 60, 24 * 60 * 60];
/** So many packets in `unit` seconds are one in `average` ten-thousandths of a second. */
const rateOf = (average: number, unit: number): number => Math.floor((LIMIT_SCALE * unit) / average);
export const averageOf = (rate: number, unit: number): number =>
  rate > 0 ? Math.floor((LIMIT_SCALE * unit) / rate) : 0;
function verdict(w: MessageWriter, code: number, chain: string | undefined): void {
  const nests = begin(w, "immediate");
  w.be32(IMMEDIATE.dreg, REGISTER.verdict);
  const data = w.open(IMMEDIATE.data),
    nest = w.open(DATA.verdict);
  w.be32(VERDICT.code, code);
  if (chain !== undefined) w.text(VERDICT.chain, chain);
  w.close(nest);
  w.close(data);
  end(w, nests);
}
/** No iptables-nft writes the xt target: it sets the packet's mark for tracing. */
function trace(w: MessageWriter): void {
  const one = begin(w, "immediate");
  w.be32(IMMEDIATE.dreg, REGISTER.word);
  value(w, IMMEDIATE.data, ONE, 0, 1);
  end(w, one);
  const set = begin(w, "meta");
  w.be32(META.key, KEY.trace);
  w.be32(META.sreg, REGISTER.word);
  end(w, set);
}
