/** Scores Rampart against iptables' own answers, per extension; fails where a declared one is below 100 %. */
import { matches, targets } from "../src/extensions/registry.js";
import { commandLineJudge } from "../test/vectors/command-line-judge.js";
import { extensionsIn, judge, type Verdict } from "../test/vectors/conformance.js";
import { readVectors } from "../test/vectors/iptables.js";

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
  undeclared = new Map<string, number>();
for (const vector of readVectors()) {
  const { missing } = extensionsIn(vector);
  for (const name of missing) undeclared.set(name, (undeclared.get(name) ?? 0) + 1);
  if (missing.length > 0) continue;
  for (const verdict of judge(vector, commandLineJudge)) {
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
console.log(`${matches.size} matches and ${targets.size} targets are declared.`);
if (undeclared.size > 0)
  console.log(
    `Not declared, so not judged: ${[...undeclared].map(([name, n]) => `${name} (${n})`).join(", ")}`,
  );
process.exitCode = problems.length > 0 ? 1 : 0;
