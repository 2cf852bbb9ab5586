import { describe, expect, it } from "vitest";
import { commandLineJudge } from "../../vectors/command-line-judge.js";
import { extensionsIn, judge, type Verdict } from "../../vectors/conformance.js";
import { readVectors } from "../../vectors/iptables.js";

/** By the first extension that a rule names, so that each vector is judged once. */
const byExtension = new Map<string, Verdict[]>();
for (const vector of readVectors()) {
  if (extensionsIn(vector).missing.length > 0) continue;
  for (const verdict of judge(vector, commandLineJudge)) {
    const [label = ""] = verdict.labels;
    if (!byExtension.has(label)) byExtension.set(label, []);
    byExtension.get(label)!.push(verdict);
  }
}

describe("iptables and Rampart agree, to the byte, on", () => {
  it.each([...byExtension].sort(([a], [b]) => a.localeCompare(b)))("%s", (_, verdicts) => {
    const apart = verdicts
      .filter(({ problem }) => problem !== undefined)
      .map(({ vector, check, problem }) => `${check} ${vector.argv.join(" ")}: ${problem}`);
    expect(apart).toEqual([]);
  });
  it("enough rules to mean something", () => {
    const all = [...byExtension.values()].flat();
    expect(all.filter(({ check }) => check === "encode").length).toBeGreaterThan(1000);
    expect(all.filter(({ check }) => check === "refuse").length).toBeGreaterThan(250);
  });
});
