/**
 * Asks the installed iptables about rules, as root, in a network namespace of its own:
 *
 *     npx tsx scripts/record-vectors.ts RULES OUT.jsonl       in the schema of shared/vectors/own.jsonl
 *     npx tsx scripts/record-vectors.ts RULES --theme policy  as test/vectors/{iptables,listing}-policy.jsonl.gz
 *     npx tsx scripts/record-vectors.ts RULES --edges         as test/vectors/edge{s,-listing}.jsonl.gz, of scripts/edge-rules.ts
 *     npx tsx scripts/record-vectors.ts RULES --edges found   as test/vectors/edge{s,-listing}-found.jsonl.gz, what fuzzing finds
 *
 * RULES has a rule a line: `4|6 TABLE CHAIN WORDS...`, the words as a shell takes them; `#` begins a comment line.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { isTableName } from "../src/model/family.js";
import { isKnown } from "../test/fuzz/known-differences.js";
import { prepare, type Question } from "../test/oracle/ask.js";
import { ForkServer } from "../test/oracle/fork-server.js";
import { enterNamespace } from "../test/oracle/inside-namespace.js";
import { makeThings } from "../test/oracle/machine.js";
import { type Recorded, record } from "../test/oracle/record.js";
import { commandLineJudge } from "../test/vectors/command-line-judge.js";
import { judge } from "../test/vectors/conformance.js";
import type { Vector } from "../test/vectors/iptables.js";

enterNamespace();
const [from, to, theme] = process.argv.slice(2);
if (from === undefined || to === undefined || (to === "--theme" && theme === undefined)) {
  console.error("usage: record-vectors RULES (OUT.jsonl | --theme NAME | --edges [NAME])");
  process.exit(2);
}
const LINE = /^([46]) (\S+) (\S+)(?: (.*))?$/;
const lines = readFileSync(from, "utf8")
  .split("\n")
  .map((text, i) => ({ text: text.trim(), place: `${from}:${i + 1}` }))
  .filter(({ text }) => text !== "" && !text.startsWith("#"));
const rules = lines.map(({ text, place }): { question: Omit<Question, "argv">; args: string } => {
  const [, family, table = "", chain = "", args = ""] = LINE.exec(text) ?? [];
  if (!isTableName(table)) throw new Error(`${place}: not "4|6 TABLE CHAIN WORDS...": ${text}`);
  return { question: { family: family === "4" ? 4 : 6, table, chain }, args };
});

/** All at once, as a shell for each would take longer than iptables does. */
function splitByShell(all: readonly string[]): readonly (readonly string[])[] {
  const script = 'set -f; while IFS= read -r line; do eval "set -- $line"; printf "%s\\0" "$#" "$@"; done';
  const words = execFileSync("sh", ["-c", script], { input: all.map((one) => `${one}\n`).join("") })
    .toString()
    .split("\0");
  let at = 0;
  return all.map(() => {
    const count = Number(words[at++]);
    return words.slice(at, (at += count));
  });
}

for (const missing of makeThings()) console.error(missing);
const words = splitByShell(rules.map(({ args }) => args)),
  recorded: Recorded[] = [];
{
  using server = new ForkServer();
  for (const family of [4, 6] as const) await prepare(server, family);
  for (const [i, { question, args }] of rules.entries())
    recorded.push(await record(server, { ...question, argv: words[i]! }, args));
}
const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");
/** What is meant to differ is none of the vectors that must agree. */
const judged = (vector: Vector): boolean =>
  judge(vector, commandLineJudge).every(({ problem }) => problem === undefined || !isKnown(vector, problem));
const agreed = recorded.filter(({ vector }) => judged(vector)),
  vectors = agreed.map(({ vector }) => vector);
const write = (name: string, values: readonly unknown[]): void =>
  writeFileSync(`test/vectors/${name}.jsonl.gz`, gzipSync(jsonLines(values), { level: 9 }));
const listings = agreed.flatMap(({ listing }) => listing ?? []);
if (to === "--edges") {
  const suffix = theme === undefined ? "" : `-${theme}`;
  write(`edges${suffix}`, vectors);
  write(`edge-listing${suffix}`, listings);
} else if (theme === undefined) writeFileSync(to, jsonLines(recorded.map(({ own }) => own)));
else {
  write(`iptables-${theme}`, vectors);
  // A table cannot hold what the kernel refused.
  const held = agreed.flatMap(({ own, listing }) =>
    own.fail_stage.legacy === null && listing ? [listing] : [],
  );
  write(`listing-${theme}`, held);
}
const refused = (stage: string) => recorded.filter(({ own }) => own.fail_stage.legacy === stage).length;
console.log(
  `${recorded.length} rules: ${refused("parse")} refused by iptables, ${refused("kernel")} by the kernel`,
);
