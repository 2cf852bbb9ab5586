import { ENTRY_SIZE } from "../../../src/extensions/entry.js";
import type { Family } from "../../../src/model/family.js";

const OP = { part: 1, series: 2, chain: 3, append: 10, again: 11, insert: 12 } as const;
const align = (n: number): number => (n + 7) & ~7;
const u32 = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at);

interface Series {
  readonly entry: Buffer;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}
/** The rules of a patch as the native half puts them together: their chain, and the bytes of the entry in hex. */
export function rulesOf(patch: Buffer, family: Family): string[] {
  const header = ENTRY_SIZE[family],
    rules: string[] = [],
    parts: Buffer[] = [],
    all: Series[] = [];
  let chain = "";
  /** An entry from its header and the numbers of its parts. */
  const assemble = (payload: Buffer, at: number, count: number): Buffer =>
    Buffer.concat([
      payload.subarray(at, at + header),
      ...Array.from({ length: count }, (_, i) => parts[u32(payload, at + header + 4 * i)]!),
    ]);
  for (let at = 0; at < patch.length; at += u32(patch, at + 4)) {
    const payload = patch.subarray(at + 8, at + u32(patch, at + 4)),
      op = u32(patch, at);
    if (op === OP.part) parts.push(payload);
    else if (op === OP.chain) chain = payload.toString("latin1").replace(/\0.*/s, "");
    else if (op === OP.append)
      rules.push(`${chain} ${assemble(payload, 8, u32(payload, 0)).toString("hex")}`);
    else if (op === OP.insert)
      rules.push(`${chain} ${assemble(payload, 8, u32(payload, 4)).toString("hex")}`);
    else if (op === OP.series) {
      const count = u32(payload, 0),
        first = 8 + header + align(4 * count);
      const ranges = Array.from({ length: u32(payload, 4) }, (_, i) => {
        const from = u32(payload, first + 8 * i);
        return [from, from + u32(payload, first + 8 * i + 4)] as const;
      });
      all.push({ entry: Buffer.from(assemble(payload, 8, count)), ranges });
    } else if (op === OP.again) {
      const { entry, ranges } = all[u32(payload, 0)]!;
      let from = 8;
      for (const [start, end] of ranges) from += payload.copy(entry, start, from, from + end - start);
      rules.push(`${chain} ${entry.toString("hex")}`);
    }
  }
  return rules;
}
