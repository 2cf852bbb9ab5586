import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Family, TableName } from "../../src/model/family.js";

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

export const readNftVectors = (): readonly NftVector[] =>
  gunzipSync(readFileSync(new URL("./nft.jsonl.gz", import.meta.url)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as NftVector);
