import { describe, expect, it } from "vitest";
import { ExpressionReader } from "../../../src/backends/nft/decode.js";
import { writeExpressions } from "../../../src/backends/nft/expressions.js";
import { NotIptables } from "../../../src/backends/nft/fields.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import type { Context } from "../../../src/extensions/extension.js";
import { onWire } from "../../../src/extensions/registry.js";
import { ruleBytes } from "../../../src/extensions/rule-bytes.js";
import { isOpaque, type Part, type Rule } from "../../../src/model/rule.js";
import { MessageWriter } from "../../../src/netlink/writer.js";
import { parseRule } from "../../../src/text/parse-rule.js";
import { ruleText } from "../../../src/text/print-rule.js";
import { extensionsIn } from "../../vectors/conformance.js";
import { contextOf } from "../../vectors/iptables.js";
import { familyOfNft, type NftVector, readNftVectors } from "../../vectors/nft.js";

function decoded(expressions: Uint8Array, ctx: Context): Rule {
  const reader = new ExpressionReader(ctx),
    jump = reader.read(expressions, 0, expressions.length);
  return decodeEntry(reader.entry.bytes, 0, jump, ctx);
}
function encoded(rule: Rule, ctx: Context): Uint8Array {
  const { bytes, chain } = ruleBytes(rule, ctx),
    writer = new MessageWriter();
  writeExpressions(writer, bytes, ctx.family, chain);
  return writer.take();
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

const partsOf = ({ matches = [], jump }: Rule) => [...matches, ...(typeof jump === "object" ? [jump] : [])];
const isDeclared = ({ name }: Part) => onWire.match.has(name) || onWire.target.has(name);

/** Rules that nothing but iptables-nft's own expressions can say: they are kept as they are. */
const NFT_ONLY = /! -p tcp -m tcp|--nflog-prefix p{64}/;
/** Rampart prints it as iptables-legacy does, which says nothing. */
const PRINTED_OTHERWISE = /! -i \+/;
const vectors = readNftVectors().filter(
  (vector) => extensionsIn({ ...vector, argv: vector.argv }).missing.length === 0,
);
const line = ({ table, saved }: NftVector) => `-t ${table} ${saved}`;

describe("what iptables-nft 1.8.9 wrote", () => {
  it("is read as it prints it", () => {
    const wrong: string[] = [];
    for (const vector of vectors) {
      if (NFT_ONLY.test(vector.saved) || PRINTED_OTHERWISE.test(vector.saved)) continue;
      const ctx = contextOf(familyOfNft(vector)),
        rule = decoded(unhex(vector.expressions), ctx);
      // An extension that its protocol implies is in no word of the line.
      if (partsOf(rule).some((part) => isOpaque(part) && !isDeclared(part))) continue;
      const text = `-A ${vector.chain}${ruleText(rule, ctx)}`;
      if (text !== vector.saved) wrong.push(`${line(vector)}\n${text}`);
    }
    expect(wrong).toEqual([]);
    expect(vectors.length).toBeGreaterThan(1200);
  });
  it.each(
    vectors.filter(({ saved }) => NFT_ONLY.test(saved)).map((vector) => [line(vector), vector] as const),
  )("%s is no rule of x_tables", (_, vector) => {
    const ctx = contextOf(familyOfNft(vector));
    expect(() => decoded(unhex(vector.expressions), ctx)).toThrow(NotIptables);
  });
  it("means the same when it is written in our form", () => {
    for (const vector of vectors) {
      if (NFT_ONLY.test(vector.saved)) continue;
      const ctx = contextOf(familyOfNft(vector)),
        rule = decoded(unhex(vector.expressions), ctx);
      expect(decoded(encoded(rule, ctx), ctx), line(vector)).toEqual(rule);
    }
  });
});

describe("expressions cut short or changed", () => {
  it("are refused or read, and never crash", () => {
    for (const vector of vectors.filter((_, i) => i % 40 === 0)) {
      const ctx = contextOf(familyOfNft(vector)),
        whole = unhex(vector.expressions);
      for (let at = 0; at < whole.length; at++) {
        const changed = whole.slice();
        changed[at]! ^= 1 << (at % 8);
        for (const bytes of [whole.subarray(0, at), changed])
          try {
            decoded(bytes, ctx);
          } catch (error) {
            expect(error instanceof NotIptables || (error as { code?: string }).code).toBeTruthy();
          }
      }
    }
  });
});

describe("the form that is written", () => {
  const ctx = contextOf("ipv4");
  it("is that of the worked example, which 1.8.4 to 1.8.11 read", () => {
    const rule = parseRule("-s 1.2.3.4/32 -p tcp -m tcp --dport 22 -j ACCEPT"),
      bytes = encoded(rule, ctx);
    const names = [
      ...Buffer.from(bytes)
        .toString("latin1")
        .matchAll(/(meta|cmp|payload|bitwise|match|counter|immediate)\0/g),
    ];
    expect(names.map(([, name]) => name)).toEqual([
      "meta",
      "cmp",
      "payload",
      "cmp",
      "match",
      "counter",
      "immediate",
    ]);
    expect(hex(bytes)).toContain("0000ffff16001600");
    expect(hex(bytes)).toContain("01020304");
  });
  it("says a prefix by its mask, which the oldest readers need", () => {
    expect(hex(encoded({ source: "10.0.0.0/8" }, ctx))).toContain("ff000000");
    expect(hex(encoded({ source: "10.0.0.1/32" }, ctx))).not.toContain(hex(Buffer.from("bitwise")));
  });
  it.each([
    [{ jump: "QUEUE" } as Rule, /QUEUE/],
    [{ protocol: 262 } as Rule, /262/],
  ])("refuses %o, which nf_tables cannot say", (rule, problem) => {
    expect(() => encoded(rule, ctx)).toThrow(problem);
  });
});
