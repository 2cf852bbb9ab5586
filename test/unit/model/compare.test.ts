import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Difference, differences } from "../../../src/model/compare.js";
import type { Rule } from "../../../src/model/rule.js";
import { emptyTable } from "../../../src/model/table.js";
import { numbered, readTable } from "./fake-source.js";

/** Carries the differences out on the old list, as their descriptions say: removals by old numbers, additions by new ones. */
function carriedOut(old: readonly Rule[], found: readonly Difference[]): Rule[] {
  const removed = new Set(found.flatMap((one) => (one.kind === "rule-removed" ? [one.ruleNumber] : [])));
  const out = old.filter((_, i) => !removed.has(i + 1));
  for (const one of found) if (one.kind === "rule-added") out.splice(one.ruleNumber - 1, 0, one.rule);
  return out;
}
const rules = fc.array(fc.integer({ min: 0, max: 6 }).map(numbered), { maxLength: 30 });

describe("differences", () => {
  it("lead from one list of rules to the other, in no more steps than there are rules", async () => {
    await fc.assert(
      fc.asyncProperty(rules, rules, async (old, now) => {
        const found = await differences(readTable({ INPUT: old }), readTable({ INPUT: now }));
        expect(carriedOut(old, found)).toEqual(now);
        expect(found.length).toBeLessThanOrEqual(old.length + now.length);
      }),
    );
  });
  it("of a few edits in a long chain are these edits", async () => {
    const old = Array.from({ length: 20_000 }, (_, i) => numbered(i)),
      now = [...old];
    now.splice(15_000, 1);
    now.splice(100, 0, numbered(60_001));
    now[7_000] = numbered(60_002);
    const found = await differences(readTable({ INPUT: old }), readTable({ INPUT: now }));
    expect(found.map(({ kind, ...one }) => [kind, "ruleNumber" in one && one.ruleNumber])).toEqual([
      ["rule-removed", 7_000],
      ["rule-removed", 15_001],
      ["rule-added", 101],
      ["rule-added", 7_001],
    ]);
  });
  it("of lists that have little in common are all that is between the first and the last", async () => {
    const old = Array.from({ length: 3_000 }, (_, i) => numbered(i)),
      now = old.map((_, i) => numbered(i + 10_000));
    const found = await differences(readTable({ INPUT: old }), readTable({ INPUT: now }));
    expect(found.length).toBe(6_000);
    expect(carriedOut(old, found)).toEqual(now);
  });
  it("name chains and policies, and counters are none", async () => {
    const before = emptyTable("ipv4", "filter").newChain("gone").append("gone", numbered(1));
    const after = emptyTable("ipv4", "filter")
      .newChain("new")
      .policy("INPUT", "DROP", { packets: 1, bytes: 2 })
      .append("OUTPUT", { ...numbered(2), counters: { packets: 3, bytes: 4 } });
    expect(await differences(before.append("OUTPUT", numbered(2)), after)).toEqual([
      { kind: "rule-removed", chain: "gone", ruleNumber: 1, rule: expect.objectContaining(numbered(1)) },
      { kind: "chain-removed", chain: "gone" },
      { kind: "policy", chain: "INPUT", before: "ACCEPT", policy: "DROP" },
      { kind: "chain-added", chain: "new" },
    ]);
  });
});
