import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultyOne, ruleCount, spotOfRule, withRules } from "../../../src/backends/fault.js";
import { emptyTable } from "../../../src/model/table.js";

describe("the thing at fault", () => {
  it("is found alone, in little more than twice the work", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), fc.nat(), async (count, seed) => {
        const wrong = seed % count;
        let looked = 0;
        const found = await faultyOne(count, async (from, to) => {
          looked += to - from;
          return from <= wrong && wrong < to;
        });
        expect(found).toBe(wrong);
        expect(looked).toBeLessThanOrEqual(count + 14);
      }),
    );
  });
  it("is the first of several", async () => {
    const wrong = [70, 12, 99];
    expect(await faultyOne(100, async (from, to) => wrong.some((n) => from <= n && n < to))).toBe(12);
  });
  it("is the later of two that are wrong together only", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: 199 }), { minLength: 2, maxLength: 4 }),
        async (together) => {
          const refused = async (from: number, to: number) => together.every((n) => from <= n && n < to);
          expect(await faultyOne(200, refused)).toBe(Math.max(...together));
        },
      ),
    );
  });
  it("is none of nothing", async () => {
    expect(await faultyOne(0, async () => true)).toBeUndefined();
  });
});

it("rules are counted through the chains of a table, and cut out by their numbers", () => {
  const rule = (n: number) => ({ source: `192.0.2.${n}/32`, jump: "DROP" });
  const table = emptyTable("ipv4", "filter")
    .newChain("a")
    .append("INPUT", rule(0), rule(1))
    .append("OUTPUT", rule(2))
    .append("a", rule(3), rule(4));
  expect(ruleCount(table)).toBe(5);
  const all = (from: number, to: number) => {
    const cut = withRules(table, from, to);
    return cut.chains.flatMap((chain) => [...cut.rules(chain)].map(({ source }) => `${chain} ${source}`));
  };
  expect(all(1, 4)).toEqual(["INPUT 192.0.2.1/32", "OUTPUT 192.0.2.2/32", "a 192.0.2.3/32"]);
  expect([all(0, 5).length, all(2, 2).length]).toEqual([5, 0]);
  expect([0, 1, 2, 3, 4, 5].map((n) => spotOfRule(table, n))).toEqual([
    { chain: "INPUT", ruleNumber: 1 },
    { chain: "INPUT", ruleNumber: 2 },
    { chain: "OUTPUT", ruleNumber: 1 },
    { chain: "a", ruleNumber: 1 },
    { chain: "a", ruleNumber: 2 },
    undefined,
  ]);
});
