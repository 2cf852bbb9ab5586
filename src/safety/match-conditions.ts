import { isNot, isOpaque, type Negatable, type Options, type Part } from "../model/rule.js";
import { rangeBounds } from "./address-bounds.js";
import { addressType } from "./address-type.js";
import { type Bounds, unionOf } from "./bounds.js";
import type { Conditions } from "./conditions.js";
import { connectionDetails, connectionState } from "./connection-conditions.js";
import { DESTINATION, DPORT, FLAGS, HOP_LIMIT, ICMP, numbers, SOURCE, SPORT } from "./field.js";
import { limiters } from "./limiters.js";
import { setConditions } from "./set-conditions.js";

type Range = number | readonly [number, number];
type Meaning = (options: Options, to: Conditions) => void;

const FLAG_BITS: Readonly<Record<string, number>> = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 };
const bitsOf = (flags: readonly string[]): number => flags.reduce((sum, flag) => sum | FLAG_BITS[flag]!, 0);
/** TCP flags as numbers, of which those that match. */
function flagsThat({ mask, set }: { mask: readonly string[]; set: readonly string[] }): Bounds {
  const looked = bitsOf(mask),
    wanted = bitsOf(set);
  const spans = Array.from({ length: 64 }, (_, flags) => flags).filter(
    (flags) => (flags & looked) === wanted,
  );
  return unionOf(spans.map((flags) => [flags, flags + 1] as const));
}
const listed = (ranges: readonly Range[]): Bounds =>
  unionOf(ranges.map((range) => numbers(range) as [number, number]));

function tcp(o: Options, to: Conditions): void {
  to.option(SPORT, o.sport as Negatable<Range>, numbers);
  to.option(DPORT, o.dport as Negatable<Range>, numbers);
  to.option(FLAGS, o.tcpFlags as Negatable<Parameters<typeof flagsThat>[0]>, flagsThat);
  if (o.tcpOption !== undefined) to.doubt("the TCP options of the packet");
}
function udp(o: Options, to: Conditions): void {
  to.option(SPORT, o.sport as Negatable<Range>, numbers);
  to.option(DPORT, o.dport as Negatable<Range>, numbers);
}
function multiport(o: Options, to: Conditions): void {
  to.option(SPORT, o.sports as Negatable<readonly Range[]>, listed);
  to.option(DPORT, o.dports as Negatable<readonly Range[]>, listed);
  const either = o.ports as Negatable<readonly Range[]> | undefined;
  if (either === undefined) return;
  if (isNot(either)) {
    // Neither of the two.
    to.option(SPORT, either, listed);
    to.option(DPORT, either, listed);
  } else to.eithers.push({ fields: [DPORT, SPORT], set: listed(either) });
}

type IcmpType = "any" | number | { readonly type: number; readonly code: Range };
const TYPE = 256;
const icmpTypes = (value: IcmpType): Bounds => {
  if (value === "any") return [0, TYPE * TYPE];
  if (typeof value === "number") return [value * TYPE, (value + 1) * TYPE];
  const [from, to] = numbers(value.code) as [number, number];
  return [value.type * TYPE + from, value.type * TYPE + to];
};
const icmp =
  (key: string): Meaning =>
  (o, to) =>
    to.option(ICMP, o[key] as Negatable<IcmpType>, icmpTypes);

function iprange(o: Options, to: Conditions): void {
  const toSet = (text: string): Bounds => rangeBounds(text, to.scene.family);
  to.option(SOURCE, o.srcRange as Negatable<string>, toSet);
  to.option(DESTINATION, o.dstRange as Negatable<string>, toSet);
}

type Masked = number | { readonly value: number; readonly mask: number };
const FULL = 0xffff_ffff;
function mark(o: Options, to: Conditions): void {
  const given = o.mark as Negatable<Masked>,
    not = isNot(given),
    wanted = not ? given.not : (given as Masked);
  const condition = typeof wanted === "number" ? { value: wanted, mask: FULL } : wanted;
  to.marks.push({ ...condition, not });
}

/** The options of `ttl` and `hl`: equal, less, greater. */
const hops =
  (name: string): Meaning =>
  (o, to) => {
    to.option(HOP_LIMIT, o[`${name}Eq`] as Negatable<number>, numbers);
    to.option(HOP_LIMIT, o[`${name}Lt`] as number | undefined, (n) => [0, n]);
    to.option(HOP_LIMIT, o[`${name}Gt`] as number | undefined, (n) => [n + 1, 256]);
  };

function pkttype(o: Options, to: Conditions): void {
  const type = o.pktType as Negatable<string>,
    not = isNot(type);
  // Whoever talks TCP to this host sends to its own hardware address.
  to.fact(((not ? type.not : type) === "unicast") !== not);
}

function owner(o: Options, to: Conditions): void {
  const { facts, direction } = to.scene;
  if (direction !== "out") return to.fact(false);
  // A server's packets belong to its socket, SYN,ACK included.
  if (o.socketExists !== undefined) to.fact(!isNot(o.socketExists as Negatable<true>));
  const uid = o.uidOwner as Negatable<Range> | undefined;
  if (uid !== undefined) {
    const [from, end] = numbers((isNot(uid) ? uid.not : uid) as Range) as [number, number],
      is = facts.owner;
    to.factOr(is === undefined ? undefined : is >= from && is < end, isNot(uid), "-m owner");
  }
  if (o.gidOwner !== undefined) to.doubt("-m owner --gid-owner");
}

function physdev(o: Options, to: Conditions): void {
  const { bridges } = to.scene.facts;
  // Where no interface belongs to a bridge, no packet came by a port of one, and none is bridged.
  const bridged = bridges === undefined || bridges.length > 0 ? undefined : false;
  for (const key of ["physdevIsIn", "physdevIn", "physdevIsOut", "physdevOut", "physdevIsBridged"]) {
    const value = o[key] as Negatable<unknown> | undefined;
    if (value === undefined) continue;
    to.factOr(bridged, isNot(value), "-m physdev");
  }
}

function rpfilter(o: Options, to: Conditions): void {
  to.factOr(to.scene.facts.reversePath, o.invert === true, "-m rpfilter");
}

/** Dates are local or UTC; a day on either side is left in doubt. */
const DAY = 86_400_000;
function time(o: Options, to: Conditions): void {
  const { now } = to.scene.facts,
    { datestart, datestop } = o as { datestart?: string; datestop?: string };
  const at = (text: string): number => Date.parse(`${text}Z`);
  const slack = o.kerneltz ? DAY : 0;
  if (now !== undefined && datestart !== undefined && at(datestart) - slack > now) return to.fact(false);
  if (now !== undefined && datestop !== undefined && at(datestop) + slack < now) return to.fact(false);
  to.doubt("-m time");
}

function tcpmss(o: Options, to: Conditions): void {
  // Only a SYN carries it; without it the match is its own inversion.
  if (to.scene.syn) to.doubt("-m tcpmss");
  else to.fact(isNot(o.mss as Negatable<unknown>));
}

const always: Meaning = () => {},
  never: Meaning = (_, to) => to.fact(false);

const MEANINGS: Readonly<Record<string, Meaning>> = {
  comment: always,
  tcp,
  udp,
  udplite: udp,
  multiport,
  icmp: icmp("icmpType"),
  icmp6: icmp("icmpv6Type"),
  iprange,
  mark,
  conntrack: connectionDetails,
  state: (o, to) => connectionState(o.state as Negatable<readonly string[]>, to),
  addrtype: addressType,
  ttl: hops("ttl"),
  hl: hops("hl"),
  pkttype,
  owner,
  physdev,
  set: setConditions,
  rpfilter,
  time,
  tcpmss,
  // Packets of plain connections have no such headers.
  rt: never,
  frag: never,
  hbh: never,
  dst: never,
  srh: never,
  mh: never,
  ...limiters,
};

/** What the match asks of a packet. What Rampart cannot tell is a doubt, never a guess. */
export function matchConditions(part: Part, to: Conditions): void {
  const meaning = isOpaque(part) ? undefined : MEANINGS[part.name];
  if (meaning) meaning(part.options, to);
  else to.doubt(`-m ${part.name}`);
}
