import { fail } from "../errors.js";
import type { PackedKind } from "../ipset/packed.js";
import type { Family } from "../model/family.js";

/** Which part of a list a set holds. */
export interface Slot {
  readonly slot: "h4" | "n4" | "h6" | "n6";
  readonly family: Family;
  readonly kind: PackedKind;
  readonly type: "hash:ip" | "hash:net";
}
/** In the order in which a packet's address is looked for. */
export const SLOTS: readonly Slot[] = [
  { slot: "h4", family: "ipv4", kind: "hosts", type: "hash:ip" },
  { slot: "n4", family: "ipv4", kind: "nets", type: "hash:net" },
  { slot: "h6", family: "ipv6", kind: "hosts", type: "hash:ip" },
  { slot: "n6", family: "ipv6", kind: "nets", type: "hash:net" },
];

/** What is left of a set's 31 bytes beside `.h4.` and a stamp of up to 9. */
const LONGEST = 18;
export function checkBlocklistName(name: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > LONGEST)
    fail(`"${name}" cannot be a blocklist's name: it has 1 to ${LONGEST} letters, digits, - and _`);
  return name;
}

/** Those that are being filled in this process. */
const underway = new Set<string>();
let count = 0;
/** Tells the sets of one load from those of any other, and says whose they are. */
export function newStamp(pid: number): string {
  count = (count + 1) % 36 ** 3;
  const stamp = `${pid.toString(36)}-${count.toString(36)}`;
  underway.add(stamp);
  return stamp;
}
export const endStamp = (stamp: string): void => {
  underway.delete(stamp);
};
/** Whether whoever made it is still at it. */
export function isUnderway(stamp: string, pid: number, lives: (pid: number) => boolean): boolean {
  const maker = Number.parseInt(stamp, 36);
  return maker === pid ? underway.has(stamp) : lives(maker);
}

export const setName = (name: string, { slot }: Slot, stamp: string): string => `${name}.${slot}.${stamp}`;
/** Of the list while it is being filled. */
export const shadowName = (name: string, stamp: string): string => `${name}.l.${stamp}`;

export interface OwnSet {
  readonly set: string;
  readonly stamp: string;
  /** Undefined of a shadow list. */
  readonly slot: Slot | undefined;
}
/** Reads a name that `setName` or `shadowName` made; undefined for any other. */
export function ownSet(name: string, set: string): OwnSet | undefined {
  if (!set.startsWith(`${name}.`)) return undefined;
  const [, letter, stamp] = /^([hn][46]|l)\.([0-9a-z]+-[0-9a-z]+)$/.exec(set.slice(name.length + 1)) ?? [];
  if (letter === undefined || stamp === undefined) return undefined;
  return { set, stamp, slot: SLOTS.find(({ slot }) => slot === letter) };
}
