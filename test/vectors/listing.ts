import type { Family, TableName } from "../../src/model/family.js";
import { readLines } from "./read-lines.js";

/** How iptables-legacy 1.8.9 listed one rule. */
export interface Listing {
  readonly family: Family;
  readonly table: TableName;
  readonly chain: string;
  /** As iptables-save prints it, without `-A CHAIN`. */
  readonly rule: string;
  /** The entry's bytes in hex, of which the words may not say everything; where they do, it may be missing. */
  readonly sent?: string;
  /** What `-L` printed with -n, without it, and with -n -v -x. */
  readonly numeric: string;
  readonly named: string;
  readonly verbose: string;
}

/** Rules that a table can hold, all at once: from all files, one for each theme. */
export const readListings = (): readonly Listing[] => readLines<Listing>("listing");
/** With those at the edges of each extension, of which the kernel refuses some, and iptables-restore cannot read others. */
export const readAllListings = (): readonly Listing[] => [
  ...readListings(),
  ...readLines<Listing>("edge-listing"),
];
