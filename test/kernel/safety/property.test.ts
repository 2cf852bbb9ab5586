import { beforeAll, describe, expect, it } from "vitest";
import { campaign, type Observed, wrongIn } from "./campaign.js";
import { isKilled, MUTANTS } from "./mutants.js";

/** Two pairs of hosts: most of the time of each goes into waiting for packets that do not come. */
const PAIRS = 2,
  SETS = 155,
  SEED = Number(process.env.RAMPART_SAFETY_SEED ?? 20_261);
let observed: readonly Observed[] = [];
beforeAll(async () => {
  const all = await Promise.all(Array.from({ length: PAIRS }, (_, i) => campaign(SEED + i, SETS)));
  observed = all.flat();
}, 180_000);

describe(`random rules (RAMPART_SAFETY_SEED=${SEED}) and what packets do`, () => {
  it("agree: what is safe works, what is cut does not", () => {
    expect(new Set(observed.map(({ text }) => text)).size).toBeGreaterThanOrEqual(300);
    expect(new Set(observed.map(({ family }) => family)).size).toBe(2);
    expect(wrongIn(observed)).toEqual([]);
  });
  it("leave little unproved, and are neither all safe nor all cut", () => {
    const said = observed.flatMap((one) => [one.opened.said, one.new.said]),
      share = (verdict: string) => said.filter((one) => one === verdict).length / said.length;
    expect(share("unproved")).toBeLessThanOrEqual(0.06);
    expect(share("safe")).toBeGreaterThan(0.25);
    expect(share("cut")).toBeGreaterThan(0.25);
  });
});

describe("a mistake in the evaluator is found out by them:", () => {
  it.each(MUTANTS.map((mutant) => [mutant.mistake, mutant] as const))("%s", async (_, mutant) => {
    expect(await isKilled(mutant, observed)).toBe(true);
  });
});
