import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NftReplacement } from "../../../src/backends/nft/replacement.js";
import { isRampartError } from "../../../src/errors.js";
import { BUILT_IN_CHAINS, type Family, type TableName } from "../../../src/model/family.js";
import { MessageWriter } from "../../../src/netlink/writer.js";
import { parseCommand } from "../../../src/text/command-parser.js";
import { replaceFrom, type TableReceiver } from "../../../src/text/replacing.js";
import { extensionsIn } from "../../vectors/conformance.js";
import { contextOf, familyOf, readVectors, USER_CHAIN } from "../../vectors/iptables.js";
import { NAMES } from "../../vectors/names.js";

/** The messages that a file of these lines makes, with series or rule by rule. */
async function messages(lines: readonly string[], family: Family, table: TableName, bySeries: boolean) {
  const text = [`*${table}`, `:${USER_CHAIN} - [0:0]`, ...lines, "COMMIT", ""].join("\n"),
    replacement = new NftReplacement(table, contextOf(family));
  let begun = 0;
  const receiver: TableReceiver = {
    chain: (...given) => replacement.chain(...given),
    rule: (...given) => replacement.rule(...given),
    ...(bySeries && {
      series(...given) {
        begun++;
        return replacement.series(...given);
      },
    }),
  };
  await replaceFrom(text, { family, names: NAMES, counters: true }, () => receiver);
  return { bytes: Buffer.concat(replacement.messages).toString("hex"), begun };
}
/** What iptables-save prints, iptables does not always read; and nf_tables does not know all of it. */
function isReadable(text: string, family: Family, table: TableName): boolean {
  const scope = { family, table, names: NAMES, chains: new Set([...BUILT_IN_CHAINS[table], USER_CHAIN]) };
  try {
    const command = parseCommand({ number: 1, text }, 0, scope, undefined),
      replacement = new NftReplacement(table, contextOf(family));
    if (command?.command === "append")
      for (const rule of command.rules) replacement.rule(command.chain, rule);
    return true;
  } catch (error) {
    if (isRampartError(error)) return false;
    throw error;
  }
}
/** A sample: the text's own tests go through all of them. */
const EVERY = 4;
/** Saved lines that can be one file, by family and table. */
function files(): Map<string, { family: Family; table: TableName; lines: string[] }> {
  const all = new Map<string, { family: Family; table: TableName; lines: string[] }>();
  for (const [i, vector] of readVectors().entries()) {
    if (i % EVERY !== 0) continue;
    const { table, saved = "" } = vector,
      family = familyOf(vector);
    if (saved === "" || extensionsIn(vector).missing.length > 0 || !isReadable(saved, family, table))
      continue;
    const file = all.get(`${family} ${table}`) ?? { family, table, lines: [] };
    file.lines.push(saved);
    all.set(`${family} ${table}`, file);
  }
  return all;
}
/** Counts that come back, and one that no double holds exactly. */
const counts = ["[0:0] ", "[3:180] ", "", "[3:180] ", "[9007199254740993:18446744073709551615] "];

describe("messages of rules that are like others", () => {
  it("are those that each rule alone would make, with its counters", async () => {
    let begun = 0;
    for (const { family, table, lines: saved } of files().values()) {
      const lines = saved.flatMap((line) => counts.map((count) => `${count}${line}`)),
        series = await messages(lines, family, table, true);
      expect(series.bytes).toBe((await messages(lines, family, table, false)).bytes);
      begun += series.begun;
    }
    expect(begun).toBeGreaterThan(100);
  });
  it("are so whatever the networks are: whole, part of an address, or everything", async () => {
    const prefix = fc.oneof(fc.constantFrom(0, 24, 32), fc.nat(32)),
      network = fc
        .tuple(fc.nat(255), prefix)
        .map(([n, length]) => (length < 8 ? `0.0.0.0/${length}` : `${n}.0.0.0/${length}`)),
      line = fc
        .tuple(network, network, fc.constantFrom("", "! "), fc.nat(65_535))
        .map(
          ([from, to, not, port]) =>
            `-A INPUT -s ${from} -d ${to} -p tcp -m tcp ${not}--dport ${port} -g ${USER_CHAIN}`,
        );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 3, maxLength: 40 }), async (lines) => {
        const series = await messages(lines, "ipv4", "filter", true);
        expect(series.bytes).toBe((await messages(lines, "ipv4", "filter", false)).bytes);
      }),
      { numRuns: 200 },
    );
  });
});

it("limits are never one message, as nf_tables says them in other words", async () => {
  const lines = [1, 2, 3, 4, 5].map((n) => `-A INPUT -m limit --limit ${n}/min --limit-burst ${n} -j ACCEPT`),
    series = await messages(lines, "ipv4", "filter", true);
  expect(series.begun).toBe(1);
  expect(series.bytes).toBe((await messages(lines, "ipv4", "filter", false)).bytes);
});

describe("a long run of messages", () => {
  it("is handed over in pieces of whole messages, which together are all of them", () => {
    const pieces: Uint8Array[] = [],
      parts = new MessageWriter(64, (piece) => pieces.push(piece)),
      whole = new MessageWriter(64);
    for (const writer of [parts, whole])
      for (let i = 0; i < 12_000; i++) {
        writer.begin({ type: 1, flags: 0, sequence: i, family: 2 });
        writer.data(1, new Uint8Array(i % 700).fill(i));
        writer.end();
      }
    const all = Buffer.concat([...pieces, parts.take()]);
    expect(pieces.length).toBeGreaterThan(2);
    expect(all.equals(whole.take())).toBe(true);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1 << 20);
  });
});
