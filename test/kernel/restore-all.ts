/** Restores one text after the other, each over the same rules; standard input holds them as JSON. */
import { spawnSync } from "node:child_process";
import { text as all } from "node:stream/consumers";
import { run } from "../../src/cli/run.js";

interface Case {
  readonly before: string;
  readonly switches: string;
  readonly text: string;
}
const results = [];
for (const { before, switches, text } of JSON.parse(await all(process.stdin)) as Case[]) {
  spawnSync("iptables-legacy-restore", ["-c"], { input: before });
  let errors = "";
  const status = await run(["restore", ...switches.split(" ").filter(Boolean)], {
    env: process.env,
    write: async () => {},
    complain: (chunk) => {
      errors += chunk;
    },
    input: async () => text,
    terminal: { output: false, errors: false },
  });
  results.push({
    status,
    errors,
    saved: spawnSync("iptables-legacy-save", ["-c"], { encoding: "utf8" }).stdout,
  });
}
process.stdout.write(JSON.stringify(results));
