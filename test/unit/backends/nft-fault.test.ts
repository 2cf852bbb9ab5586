import { expect, it } from "vitest";
import { partAt } from "../../../src/backends/nft/fault.js";
import { TableWriter } from "../../../src/backends/nft/table-writer.js";
import { ruleBytes } from "../../../src/extensions/rule-bytes.js";
import { MessageWriter } from "../../../src/netlink/writer.js";
import { parseRule } from "../../../src/text/parse-rule.js";
import { contextOf } from "../../vectors/iptables.js";

const pieces: Uint8Array[] = [],
  writer = new MessageWriter(),
  out = new TableWriter("ipv4", "filter", writer, 7);
out.newTable();
pieces.push(writer.take());
for (const words of ["-p tcp -m tcp --dport 1 -m conntrack --ctstate NEW -j REJECT", "-j there"]) {
  const { bytes, chain } = ruleBytes(parseRule(words, { chains: ["there"] }), contextOf("ipv4"));
  out.rule("INPUT", { bytes }, chain);
}
pieces.push(writer.take());
/** Where in its message the name of a part stands: the fault that the kernel tells begins a few bytes before it. */
const placeOf = (sequence: number, name: string): number => {
  const all = Buffer.from(pieces[1]!),
    second = all.readUInt32LE(0),
    from = sequence === 8 ? 0 : second;
  return all.indexOf(`${name}\0`, from, "latin1") - from;
};

it.each([
  [8, "conntrack", "match conntrack"],
  [8, "REJECT", "target REJECT"],
  [8, "INPUT", "chain INPUT"],
  [9, "there", "chain there"],
  [8, "counter", undefined],
  [8, "filter", undefined],
])("message %i, at %s: %s", (sequence, name, part) => {
  expect(partAt(pieces, sequence, placeOf(sequence, name))).toBe(part);
});
it("another message is none of a rule", () => {
  expect(partAt(pieces, 7, 20)).toBe(undefined);
  expect(partAt(pieces, 99, 20)).toBe(undefined);
});
