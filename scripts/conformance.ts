/**
 * Scores Rampart against iptables' own answers, per extension; fails where a declared one is below 100 %.
 * `--profile 1.8.13`: against that version's, as far as they were recorded. `--backend nft`: written to nf_tables, in a
 * network namespace of its own, and printed by iptables-nft-save.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { matches, targets } from "../src/extensions/registry.js";
import { isProfileName, PROFILE_NAMES } from "../src/model/profile.js";
import { commandLineJudge } from "../test/vectors/command-line-judge.js";
import { extensionsIn, judge, type Verdict } from "../test/vectors/conformance.js";
import { readWithEdges } from "../test/vectors/iptables.js";

const CHECKS = ["encode", "print", "refuse"] as const;
type Score = { [C in (typeof CHECKS)[number]]: { good: number; all: number } };
const nothing = (): Score => ({
  encode: { good: 0, all: 0 },
  print: { good: 0, all: 0 },
  refuse: { good: 0, all: 0 },
});

const scores = new Map<string, Score>(),
  total = nothing(),
  problems: Verdict[] = [],
  apart: string[] = [],
  undeclared = new Map<string, number>();
const { values } = parseArgs({
    options: {
      profile: { type: "string", default: "1.8.9" },
      backend: { type: "string", default: "legacy" },
    },
  }),
  { profile, backend } = values;
if (backend === "nft") {
  const live = fileURLToPath(new URL("conformance-nft.ts", import.meta.url)),
    { status } = spawnSync("unshare", ["-n", process.execPath, "--import", "tsx", live], {
      stdio: "inherit",
    });
  process.exit(status ?? 1);
}
if (!isProfileName(profile))
  throw new Error(`there is no profile ${profile}: it is ${PROFILE_NAMES.join(" or ")}`);
for (const vector of readWithEdges(profile)) {
  const { missing } = extensionsIn(vector);
  for (const name of missing) undeclared.set(name, (undeclared.get(name) ?? 0) + 1);
  if (missing.length > 0) continue;
  if (vector.apart !== undefined) apart.push(`${vector.argv.join(" ")}: ${vector.apart}`);
  for (const verdict of judge(vector, commandLineJudge, profile)) {
    for (const label of verdict.labels) {
      if (!scores.has(label)) scores.set(label, nothing());
      count(scores.get(label)!, verdict);
    }
    count(total, verdict);
    if (verdict.problem !== undefined) problems.push(verdict);
  }
}

function count(score: Score, { check, problem }: Verdict): void {
  score[check].all++;
  if (problem === undefined) score[check].good++;
}
function row(name: string, score: Score): string {
  const cells = CHECKS.map((check) => {
    const { good, all } = score[check];
    return (all === 0 ? "-" : `${good}/${all}`).padStart(11);
  });
  return name.padEnd(14) + cells.join("");
}

for (const { vector, check, problem } of problems)
  console.log(`${check}: -t ${vector.table} -A ${vector.chain} ${vector.argv.join(" ")}\n    ${problem}`);
console.log("extension".padEnd(14) + CHECKS.map((check) => check.padStart(11)).join(""));
for (const [name, score] of [...scores].sort(([a], [b]) => a.localeCompare(b))) console.log(row(name, score));
console.log(row("total", total));
console.log(
  `${matches.size} matches and ${targets.size} targets are declared; judged by iptables ${profile}.`,
);
if (apart.length > 0) console.log(`Not judged:\n  ${apart.join("\n  ")}`);
if (undeclared.size > 0)
  console.log(
    `Not declared, so not judged: ${[...undeclared].map(([name, n]) => `${name} (${n})`).join(", ")}`,
  );
process.exitCode = problems.length > 0 ? 1 : 0;
