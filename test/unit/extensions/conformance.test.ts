import { describe, expect, it } from "vitest";
import type { ProfileName } from "../../../src/model/profile.js";
import { commandLineJudge } from "../../vectors/command-line-judge.js";
import { extensionsIn, judge, type Verdict } from "../../vectors/conformance.js";
import { readWithEdges } from "../../vectors/iptables.js";

/** By the first extension that a rule names, so that each vector is judged once. */
function judged(profile?: ProfileName): ReadonlyMap<string, readonly Verdict[]> {
  const byExtension = new Map<string, Verdict[]>();
  for (const vector of readWithEdges(profile)) {
    if (extensionsIn(vector).missing.length > 0) continue;
    for (const verdict of judge(vector, commandLineJudge, profile)) {
      const [label = ""] = verdict.labels;
      if (!byExtension.has(label)) byExtension.set(label, []);
      byExtension.get(label)!.push(verdict);
    }
  }
  return byExtension;
}
/** What Rampart makes otherwise than iptables does. */
const apartIn = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts
    .filter(({ problem }) => problem !== undefined)
    .map(({ vector, check, problem }) => `${check} ${vector.argv.join(" ")}: ${problem}`);
const byExtension = judged();

describe("iptables and Rampart agree, to the byte, on", () => {
  it.each([...byExtension].sort(([a], [b]) => a.localeCompare(b)))("%s", (_, verdicts) => {
    expect(apartIn(verdicts)).toEqual([]);
  });
  it("enough rules to mean something", () => {
    const all = [...byExtension.values()].flat();
    expect(all.filter(({ check }) => check === "encode").length).toBeGreaterThan(1000);
    expect(all.filter(({ check }) => check === "refuse").length).toBeGreaterThan(250);
  });
});

it("iptables 1.8.13 and Rampart with its profile agree as well", () => {
  const all = [...judged("1.8.13").values()].flat();
  expect(apartIn(all)).toEqual([]);
  expect(all.length).toBeGreaterThan(3500);
});
