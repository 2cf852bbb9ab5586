/**
 * Gives rules at random to the installed iptables and to Rampart, and tells where they differ in what they take, in the
 * bytes they send, or in the text they print: `npm run fuzz:iptables -- --seconds 60 --seed 1 --family 4`, as root. Both
 * families, one after the other, unless one is given. What is meant to differ is in test/fuzz/known-differences.ts.
 */
import { parseArgs } from "node:util";
import { systemNames } from "../src/persistence/names.js";
import { campaign } from "../test/fuzz/campaign.js";
import { prepare } from "../test/oracle/ask.js";
import { ForkServer } from "../test/oracle/fork-server.js";
import { enterNamespace } from "../test/oracle/inside-namespace.js";
import { makeThings } from "../test/oracle/machine.js";

enterNamespace();
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rules: { type: "string", default: "Infinity" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    family: { type: "string" },
  },
});
const families = values.family === undefined ? ([4, 6] as const) : ([values.family === "6" ? 6 : 4] as const),
  seed = Number(values.seed);
for (const missing of makeThings()) console.error(missing);
const names = await systemNames();
using server = new ForkServer();
for (const family of families) {
  await prepare(server, family);
  const until = performance.now() + 1000 * Number(values.seconds);
  const { rules, refused, held, known, differences } = await campaign(server, {
    family,
    seed,
    until,
    most: Number(values.rules),
    names,
    found: ({ question: { table, chain, argv }, problem }) =>
      console.log(
        `-t ${table} -A ${chain} ${argv.map((word) => JSON.stringify(word)).join(" ")}\n    ${problem}`,
      ),
  });
  console.log(
    `IPv${family}, seed ${seed}: ${rules} rules, ${refused} refused, ${held} held by the kernel; ` +
      `${known} known differences, ${differences.length} others`,
  );
  if (differences.length > 0) process.exitCode = 1;
}
