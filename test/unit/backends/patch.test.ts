import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PatchWriter } from "../../../src/backends/legacy/patch.js";
import { LegacyReplacement } from "../../../src/backends/legacy/replacement.js";
import { isRampartError } from "../../../src/errors.js";
import type { Family } from "../../../src/model/family.js";
import type { Rule } from "../../../src/model/rule.js";
import { parseCommand } from "../../../src/text/command-parser.js";
import { replaceFrom } from "../../../src/text/replacing.js";
import { encodeRule, extensionsIn } from "../../vectors/conformance.js";
import { contextOf, familyOf, readVectors, USER_CHAIN } from "../../vectors/iptables.js";
import { NAMES } from "../../vectors/names.js";
import { rulesOf } from "./patch-reader.js";

const CHAINS = ["INPUT", "FORWARD", USER_CHAIN];
interface Line {
  readonly text: string;
  readonly rules: readonly Rule[];
}
const parsed = (text: string, family: Family): readonly Rule[] => {
  const scope = { family, table: "filter", names: NAMES, chains: new Set(CHAINS) } as const;
  try {
    const command = parseCommand({ number: 1, text }, 0, scope, undefined);
    return command?.command === "append" ? command.rules : [];
  } catch (error) {
    // Some of what iptables-save prints it would not read either.
    if (isRampartError(error, "syntax")) return [];
    throw error;
  }
};
/** Rules of every extension. */
const linesOf = (family: Family): readonly Line[] =>
  readVectors()
    .filter(
      (vector) => familyOf(vector) === family && vector.table === "filter" && vector.saved !== undefined,
    )
    .filter((vector) => extensionsIn(vector).missing.length === 0)
    .map(({ saved }) => ({ text: saved!, rules: parsed(saved!, family) }))
    .filter(({ rules }) => rules.length > 0);
const LINES = { ipv4: linesOf("ipv4"), ipv6: linesOf("ipv6") };

/** The same rules, in groups of those that have the same matches and targets. */
function kinds(rules: readonly Rule[]): (readonly Rule[])[] {
  const byNames = new Map<string, Rule[]>();
  for (const rule of rules) {
    const { matches = [], jump } = rule,
      names = [...matches, typeof jump === "object" ? jump : { name: jump }].map(({ name }) => name).join();
    byNames.set(names, [...(byNames.get(names) ?? []), rule]);
  }
  return [...byNames.values()];
}
const entryOf = (chain: string, rule: Rule, family: Family): string =>
  `${chain} ${Buffer.from(encodeRule(rule, contextOf(family))).toString("hex")}`;
/** As tables are written: as one of a series, or by itself. */
function append(writer: PatchWriter, chain: string, rule: Rule): void {
  if (!writer.alike(chain, rule)) writer.rule(chain, rule);
}
function written(family: Family, write: (writer: PatchWriter) => void): string[] {
  const chunks: Uint8Array[] = [];
  const writer = new PatchWriter(contextOf(family), (chunk) => chunks.push(chunk.slice()));
  writer.header(undefined);
  write(writer);
  writer.end();
  return rulesOf(Buffer.concat(chunks), family);
}

describe("a patch", () => {
  it.each(["ipv4", "ipv6"] as const)("says every rule byte for byte, however lists run (%s)", (family) => {
    const network = fc.constantFrom(
      ...(family === "ipv4"
        ? ["192.0.2.1/32", "192.0.2.1", "10.0.0.0/8", "10.0.0.0/255.0.255.0", "10.9.8.7/8", "0.0.0.0/0"]
        : ["2001:db8::1/128", "2001:db8::1", "fe80::/10", "fe80::1/10", "2001::/ffff:0:ffff::", "::/0"]),
    );
    const networks = fc.record(
      { source: fc.oneof(network, network, fc.record({ not: network })), destination: network },
      { requiredKeys: [] },
    );
    // Rules of one kind, which differ in networks and in options.
    const run = fc
      .constantFrom(...kinds(LINES[family].flatMap(({ rules }) => rules)))
      .chain((kind) =>
        fc.array(fc.tuple(fc.constantFrom(...kind), networks), { minLength: 1, maxLength: 9 }),
      );
    const runs = fc.array(fc.tuple(fc.constantFrom(...CHAINS), run), { maxLength: 6 });
    fc.assert(
      fc.property(runs, (some) => {
        const rules = some.flatMap(([chain, all]) =>
          all.map(([{ source: _, destination: __, ...rest }, ends]) => ({
            chain,
            rule: { ...rest, ...ends },
          })),
        );
        const entries = written(family, (writer) => {
          for (const { chain, rule } of rules) append(writer, chain, rule);
          expect(writer.operations).toBe(rules.length);
        });
        expect(entries).toEqual(rules.map(({ chain, rule }) => entryOf(chain, rule, family)));
      }),
      { numRuns: 1000 },
    );
  });

  it("is short where rules differ in their networks only", () => {
    const chunks: number[] = [],
      writer = new PatchWriter(contextOf("ipv4"), (chunk) => chunks.push(chunk.length));
    for (let n = 0; n < 1000; n++)
      append(writer, "INPUT", { source: `10.0.${n >> 8}.${n & 255}`, jump: "DROP" });
    writer.end();
    expect(chunks.reduce((sum, n) => sum + n) / 1000).toBeLessThan(40);
  });

  it("of a rules file says what the file says, in lines that repeat others or not", async () => {
    const lines = LINES.ipv4.filter(({ text }) => /^-A FORWARD /.test(text)),
      all = [...lines, ...lines, ...lines.toReversed()],
      text = `*filter\n:${USER_CHAIN} - [0:0]\n${all.map((line) => line.text).join("\n")}\nCOMMIT\n`;
    const chunks: Uint8Array[] = [];
    const replacement = new LegacyReplacement("filter", contextOf("ipv4"), (chunk) =>
      chunks.push(chunk.slice()),
    );
    await replaceFrom(text, { names: NAMES }, () => replacement);
    replacement.end();
    const expected = all.flatMap(({ rules }) => rules.map((rule) => entryOf("FORWARD", rule, "ipv4")));
    expect(rulesOf(Buffer.concat(chunks), "ipv4")).toEqual(expected);
  });
});
