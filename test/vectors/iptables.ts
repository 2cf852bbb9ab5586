import type { Context } from "../../src/extensions/extension.js";
import type { Family, TableName } from "../../src/model/family.js";
import { type ProfileName, profileOf } from "../../src/model/profile.js";
import { readLines } from "./read-lines.js";
import { RampartError } from "../../src/errors.js";
import { NAMES } from "./names.js";

/** What iptables-legacy 1.8.9 and kernel 6.18 made of one rule. */
export interface Vector {
  readonly family: 4 | 6;
  readonly table: TableName;
  readonly chain: string;
  /** The words behind `iptables -t TABLE -A CHAIN`. */
  readonly argv: readonly string[];
  /** Who refused the rule: the program while parsing, or the kernel. */
  readonly refused?: "parse" | "kernel";
  /** What the program said to that. */
  readonly error?: string;
  /**
   * The line that iptables-save printed afterwards. Where there is no kernel for an extension (LED, SECMARK, CLUSTERIP),
   * what iptables makes of the bytes that it sent itself.
   */
  readonly saved?: string;
  /** All lines, where the words made several rules. */
  readonly savedAll?: readonly string[];
  /**
   * The entry that the program sent, in hex. The kernel gave the same bytes back, but for `comefrom`, which is zero
   * here. A jump, and a rule without target, hold an offset in the table as their verdict.
   */
  readonly sent?: string;
  /** Why nothing can be held to it. */
  readonly apart?: string;
}
export const familyOf = (vector: Vector): Family => (vector.family === 4 ? "ipv4" : "ipv6");

/** Tells one vector from another. */
export const keyOf = ({ family, table, chain, argv }: Vector): string => JSON.stringify([family, table, chain, argv]);
/**
 * All of them: those that were given to the project, and those that were recorded beyond, by theme. Of another version
 * than 1.8.9 those that were given: its answers to them are known, as they are or where they differ.
 */
export function readVectors(profile: ProfileName = "1.8.9"): readonly Vector[] {
  if (profile === "1.8.9") return readLines<Vector>("iptables");
  const other = new Map(readLines<Vector>(`profile-${profile}`).map((vector) => [keyOf(vector), vector]));
  return readLines<Vector>("iptables.").map((vector) => other.get(keyOf(vector)) ?? vector);
}

/** All that the judge of conformance has: with those at the edges of each extension (scripts/edge-rules.ts), which are many. */
export const readWithEdges = (profile: ProfileName = "1.8.9"): readonly Vector[] => [
  ...readVectors(profile),
  ...(profile === "1.8.9" ? readLines<Vector>("edges") : []),
];

/** The one user chain that the rules jump to. */
export const USER_CHAIN = "UC";
/** The kernel's numbers of the sets that there were. */
const SETS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["s4", "s4p", "ssk", "", "l4"],
  ipv6: ["", "", "", "s6", "l4"],
};
/** The machine on which the vectors were recorded. */
export const contextOf = (family: Family, profile?: ProfileName): Context => ({
  family,
  profile: profileOf(profile),
  names: NAMES,
  setIndex(set) {
    const index = set === "" ? -1 : SETS[family].indexOf(set);
    if (index < 0) throw new RampartError("no-such-set", { set, family });
    return index;
  },
  setName: (index) => SETS[family][index] ?? `#${index}`,
});
