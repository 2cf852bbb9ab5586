import { mergeRanges } from "../blocklist/merge.js";
import { networksOf, networkText } from "../blocklist/networks.js";
import { RangeList, type Ranges } from "../blocklist/range-list.js";
import { meets, type SafeAddress } from "../blocklist/safe.js";
import { AddressScanner } from "../blocklist/scan-address.js";
import type { Family } from "../model/family.js";
import { Slices } from "../model/slices.js";

export interface BanOptions {
  /** Seconds until the ban ends by itself; at most 2,147,483, which the kernel can count. Default 0: it stays. */
  readonly timeout?: number;
  /** At most 255 bytes, without quotes; `bans` tells it. */
  readonly reason?: string;
}
/** An address or network to ban, and how. */
export interface BanRequest extends BanOptions {
  readonly address: string;
}

/** What was asked for, read. */
export interface ReadBan {
  readonly family: Family;
  /** As the kernel has it: bits behind the prefix gone, hosts without a prefix. */
  readonly network: string;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}
const encoder = new TextEncoder(),
  LONGEST_TIMEOUT = 2_147_483,
  LONGEST_REASON = 255;

/** Reads an address or network; a text says what is wrong with it. */
export async function readBan(address: string): Promise<ReadBan | string> {
  const bytes = encoder.encode(address),
    scanner = new AddressScanner(),
    problem = scanner.scan(bytes, 0, bytes.length);
  if (problem !== undefined) return problem;
  if (scanner.end !== bytes.length) return "something stands behind the address";
  const list = new RangeList(scanner.family, 1);
  list.add(scanner.first, 0, scanner.last, 0);
  const networks = await networksOf(list.asMerged(), new Slices("ban"));
  if (networks.length !== 1) return "a range that is no network cannot be banned as one: give its networks";
  const { family } = scanner;
  return {
    family,
    network: networkText(networks, 0),
    first: scanner.first.slice(),
    last: scanner.last.slice(),
  };
}
/** What is wrong with how it shall be banned. */
export function problemOf({ timeout = 0, reason = "" }: BanOptions): string | undefined {
  if (!Number.isInteger(timeout) || timeout < 0 || timeout > LONGEST_TIMEOUT)
    return `${timeout} is no time that the kernel can count: it is 0, for good, to ${LONGEST_TIMEOUT} seconds`;
  if (encoder.encode(reason).length > LONGEST_REASON)
    return `the reason has more than ${LONGEST_REASON} bytes`;
  return /["\n\0]/.test(reason) ? "a reason has no quotes and no line ends" : undefined;
}

/** The safe addresses, so that each ban can be compared with all of them at once. */
export interface SafeGuard {
  /** The one that lies in the ban, or around it. */
  find(ban: ReadBan): SafeAddress | undefined;
}
export async function safeGuard(safe: readonly SafeAddress[]): Promise<SafeGuard> {
  const lists: { [F in Family]: RangeList } = { ipv4: new RangeList("ipv4"), ipv6: new RangeList("ipv6") },
    read: { readonly one: SafeAddress; readonly ranges: Ranges }[] = [],
    slices = new Slices("ban"),
    scanner = new AddressScanner();
  for (const one of safe) {
    const bytes = encoder.encode(one.address);
    if (scanner.scan(bytes, 0, bytes.length) !== undefined) continue;
    const { family, first, last } = scanner,
      alone = new RangeList(family, 1);
    alone.add(first, 0, last, 0);
    lists[family].add(first, 0, last, 0);
    read.push({ one, ranges: alone.asMerged() });
  }
  const all = { ipv4: await mergeRanges(lists.ipv4, slices), ipv6: await mergeRanges(lists.ipv6, slices) };
  const touches = (ranges: Ranges, { first, last }: ReadBan): boolean => meets(ranges, first, last);
  return {
    find: (ban) =>
      touches(all[ban.family], ban)
        ? read.find(({ ranges }) => ranges.family === ban.family && touches(ranges, ban))?.one
        : undefined,
  };
}
/** The banned addresses of a family, for comparing many connections with them. */
export async function rangesOf(bans: readonly ReadBan[], family: Family): Promise<Ranges> {
  const list = new RangeList(family, bans.length);
  for (const ban of bans) if (ban.family === family) list.add(ban.first, 0, ban.last, 0);
  return mergeRanges(list, new Slices("ban"));
}
