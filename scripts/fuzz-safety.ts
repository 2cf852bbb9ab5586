/**
 * Compares the safety check with the kernel on random rule sets, as long as it is told: `npm run fuzz:safety -- --seconds N
 * --seed S`. As root; all of it happens in network namespaces of its own. Ends with 1 where a verdict was wrong.
 */
import { parseArgs } from "node:util";
import { campaign, wrongIn } from "../test/kernel/safety/campaign.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const until = Date.now() + Number(values.seconds) * 1000,
  observed = await campaign(Number(values.seed), Number.POSITIVE_INFINITY, until),
  wrong = wrongIn(observed);
const counts = new Map<string, number>();
for (const { family, opened, new: fresh } of observed)
  for (const [what, { said }] of [
    ["open", opened],
    ["new", fresh],
  ] as const) {
    const key = `${family} ${what} ${said}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
for (const [key, count] of [...counts].sort()) console.log(key, count);
console.log(
  `${new Set(observed.map(({ text }) => text)).size} rule sets, ${observed.length * 2} verdicts, ${wrong.length} wrong`,
);
for (const { text, ...one } of wrong) console.log(JSON.stringify(one), `\n${text}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
