import type { Family, TableName } from "../../src/model/family.js";
import { readLines } from "./read-lines.js";

/** What iptables-nft 1.8.9 wrote for one rule, as the kernel gave it back, and how iptables-nft-save printed it. */
export interface NftVector {
  readonly family: 4 | 6;
  readonly table: TableName;
  readonly chain: string;
  readonly argv: readonly string[];
  readonly saved: string;
  /** The nest of its expressions, in hex. */
  readonly expressions: string;
}
export const familyOfNft = (vector: NftVector): Family => (vector.family === 4 ? "ipv4" : "ipv6");

export const readNftVectors = (): readonly NftVector[] => readLines<NftVector>("nft");
