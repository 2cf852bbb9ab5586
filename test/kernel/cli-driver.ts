/**
 * Runs command lines one after the other in the namespace that it was started in: Rampart's in this process, which is
 * much faster than a process each, others as processes. Reads them as JSON on standard input, writes JSON back.
 */
import { spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { run } from "../../src/cli/run.js";

export interface Step {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
}
export interface Result {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

async function rampart({ args, input = "" }: Step): Promise<Result> {
  let output = "",
    errors = "";
  const status = await run(args, {
    env: process.env,
    write: async (chunk) => {
      output += chunk;
    },
    complain: (chunk) => {
      errors += chunk;
    },
    input: async () => input,
    terminal: { output: false, errors: false },
  });
  return { status, output, errors };
}
function other({ program, args, input = "" }: Step): Result {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  return { status: status ?? -1, output: stdout, errors: stderr };
}

const results: Result[] = [];
for (const step of JSON.parse(await text(process.stdin)) as Step[])
  results.push(step.program === "rampart" ? await rampart(step) : other(step));
process.stdout.write(JSON.stringify(results));
