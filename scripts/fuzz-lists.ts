/**
 * Gives lists of addresses at random to their readers, and damaged answers of the kernel's to what reads sets:
 * `npm run fuzz:lists -- --seconds 60 --seed 1`, for each of both so long. Needs no kernel. Ends with 1 where one was
 * misread, or ended in an error that is none of ours.
 */
import { parseArgs } from "node:util";
import { fuzzList } from "../test/fuzz/address-lists.js";
import { randomFrom } from "../test/fuzz/random.js";
import { fuzzReply } from "../test/fuzz/set-replies.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    cases: { type: "string", default: "Infinity" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  },
});
const MOST_SHOWN = 10;
for (const [what, fuzz] of [
  ["lists", fuzzList],
  ["replies", fuzzReply],
] as const) {
  const random = randomFrom(Number(values.seed)),
    until = performance.now() + 1000 * Number(values.seconds);
  let cases = 0,
    wrong = 0,
    slowest = 0;
  for (; cases < Number(values.cases) && performance.now() < until; cases++) {
    const begun = performance.now(),
      problem = await fuzz(random);
    slowest = Math.max(slowest, performance.now() - begun);
    if (problem === undefined) continue;
    if (wrong++ < MOST_SHOWN) console.log(problem);
    process.exitCode = 1;
  }
  console.log(
    `${what}, seed ${values.seed}: ${cases} cases, ${wrong} wrong, the slowest took ${Math.ceil(slowest)} ms`,
  );
}
