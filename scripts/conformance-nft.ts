/** What `conformance --backend nft` runs in a network namespace: scores what iptables-nft-save prints of Rampart's rules. */
import { execFileSync } from "node:child_process";
import { open } from "../src/index.js";
import { judgeLive, makeObjects, type Run } from "../test/vectors/live-nft.js";

interface Score {
  good: number;
  all: number;
}
const run: Run = (program, args) =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const scores = new Map<string, Score>(),
  total: Score = { good: 0, all: 0 },
  apart = new Map<string, number>();
let problems = 0;

makeObjects(run);
for (const family of ["ipv4", "ipv6"] as const) {
  await using firewall = await open({ family, backend: "nft" });
  for await (const { vector, labels, problem, apart: reason } of judgeLive(firewall, run)) {
    if (reason !== undefined && problem === undefined) {
      apart.set(reason, (apart.get(reason) ?? 0) + 1);
      continue;
    }
    for (const score of [total, ...labels.map(scoreOf)]) {
      score.all++;
      if (problem === undefined) score.good++;
    }
    if (problem === undefined) continue;
    problems++;
    console.log(`${family} -t ${vector.table} -A ${vector.chain} ${vector.argv.join(" ")}\n    ${problem}`);
  }
}
function scoreOf(label: string): Score {
  const score = scores.get(label) ?? { good: 0, all: 0 };
  scores.set(label, score);
  return score;
}
const row = (name: string, { good, all }: Score): string => name.padEnd(14) + `${good}/${all}`.padStart(11);
for (const [name, score] of [...scores].sort(([a], [b]) => a.localeCompare(b))) console.log(row(name, score));
console.log(row("total", total));
for (const [reason, count] of apart) console.log(`Not judged (${count}): ${reason}`);
process.exitCode = problems > 0 ? 1 : 0;
