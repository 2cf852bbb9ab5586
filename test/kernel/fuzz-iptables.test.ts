import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** What is judged is what 1.8.9 says; later versions say some of it otherwise. */
const judges = execFileSync("iptables-legacy", ["--version"], { encoding: "utf8" }).includes("v1.8.9 ");

/** The same rules in every run; `npm run fuzz:iptables` draws others, for as long as one likes. */
describe("rules drawn at random", () => {
  it.skipIf(!judges).each([4, 6])("mean the same to iptables and to Rampart: IPv%d", (family) => {
    const words = ["scripts/fuzz-iptables.ts", "--rules", "1200", "--seed", "1", "--family", `${family}`],
      { status, stdout, stderr } = spawnSync("node_modules/.bin/tsx", words, { encoding: "utf8" });
    expect(stderr.replaceAll(/^without .*\n/gm, "")).toBe("");
    expect(stdout).toMatch(/^IPv\d, seed 1: 1200 rules, .* 0 others\n$/);
    expect(status).toBe(0);
  });
});
