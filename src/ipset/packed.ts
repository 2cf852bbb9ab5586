import type { Family } from "../model/family.js";

/**
 * Networks of one family as numbers, for lists of a million: 32-bit words, one for each address of IPv4 and four of IPv6,
 * the most significant first; and how many bits of each count.
 */
export interface PackedNetworks {
  readonly family: Family;
  readonly length: number;
  readonly addresses: Uint32Array;
  readonly bits: Uint8Array;
  /** How many of them are of the kind `hosts`. */
  readonly hosts: number;
}
/**
 * What goes where: hosts to hash:ip, networks to hash:net. The address of zeros is none of the hosts: hash:ip cannot hold
 * it, hash:net can.
 */
export type PackedKind = "hosts" | "nets";

/** Whether any bit of the address is set. */
export function isNumber(addresses: Uint32Array, at: number, words: number): boolean {
  for (let w = at, end = at + words; w < end; w++) if (addresses[w] !== 0) return true;
  return false;
}
export const countOf = ({ length, hosts }: PackedNetworks, kind: PackedKind): number =>
  kind === "hosts" ? hosts : length - hosts;
