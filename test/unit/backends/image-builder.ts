import type { Family } from "../../../src/model/family.js";

/** In and behind an image, every number is little-endian here as on the machines that the tests run on. */
export interface ImageChain {
  readonly name: string;
  /** -2 ACCEPT, -1 DROP, 0 none: a user chain. */
  readonly policy: number;
  readonly rules: readonly ImageRule[];
}
export interface ImageRule {
  readonly entry: Uint8Array;
  /** A chain's number, -1 if the entry says it, -2 if there is no target. */
  readonly jump: number;
}
export interface ImageParts {
  readonly family: Family;
  readonly chains: readonly ImageChain[];
  readonly extensions: readonly { readonly name: string; readonly kind: number; readonly revision: number }[];
}

/** An image as native/README.md has it, written without the native half. */
export function imageOf({ family, chains, extensions }: ImageParts): ArrayBuffer {
  const rules = chains.flatMap((chain) => chain.rules);
  const header = Buffer.alloc(72);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(family === "ipv4" ? 4 : 6, 4);
  header.write("filter", 8);
  header.fill(0xd1, 40, 56);
  header.writeUInt32LE(chains.length, 56);
  header.writeUInt32LE(rules.length, 60);
  header.writeUInt32LE(extensions.length, 64);
  let first = 0,
    offset = header.length;
  const chainRecords = chains.map(({ name, policy, rules: { length } }, i) => {
    const record = Buffer.alloc(72);
    record.write(name, 0, 31);
    record.writeUInt32LE(policy === 0 ? 0 : 1, 32);
    record.writeInt32LE(policy, 36);
    record.writeBigUInt64LE(BigInt(i), 40);
    record.writeBigUInt64LE(2n ** 60n, 48);
    record.writeUInt32LE(first, 60);
    record.writeUInt32LE(length, 64);
    first += length;
    return record;
  });
  const extensionRecords = extensions.map(({ name, kind, revision }) => {
    const record = Buffer.alloc(32);
    record.write(name, 0, 29);
    record[30] = kind;
    record[31] = revision;
    return record;
  });
  const index = rules.map(({ entry, jump }) => {
    const record = Buffer.alloc(8);
    record.writeUInt32LE(offset, 0);
    record.writeInt32LE(jump, 4);
    offset += entry.length;
    return record;
  });
  header.writeUInt32LE(offset, 68);
  const entries = rules.map(({ entry }) => entry);
  const all = [header, ...entries, ...chainRecords, ...extensionRecords, ...index];
  return Uint8Array.from(Buffer.concat(all)).buffer;
}
