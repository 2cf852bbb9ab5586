import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result, Step } from "./cli-driver.js";

const DRIVER = fileURLToPath(new URL("./cli-driver.ts", import.meta.url));

/** Runs the steps in a fresh network namespace with a lock file of its own. */
export function runSteps(steps: readonly Step[]): Result[] {
  const dir = mkdtempSync(join(tmpdir(), "rampart-cli-"));
  try {
    const args = ["-n", process.execPath, "--import", "tsx", DRIVER];
    const env = {
      ...process.env,
      XTABLES_LOCKFILE: join(dir, "lock"),
      RAMPART_BACKEND: "legacy",
      NO_COLOR: "1",
    };
    const output = execFileSync("unshare", args, {
      input: JSON.stringify(steps),
      env,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    return JSON.parse(output) as Result[];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export const step = (program: string, line: string, input?: string): Step => ({
  program,
  args: words(line),
  ...(input !== undefined && { input }),
});
/** Splits at blanks; double quotes keep words together. */
export const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

/**
 * What a save says, but for the comment lines, which hold the date and the program's name. iptables makes a table as soon
 * as it looks at it, Rampart when it has something to write: a table with nothing in it says the same as none.
 */
export const saidBySave = (text: string): string =>
  text.replaceAll(/^#.*\n/gm, "").replaceAll(/^\*\w+\n(:[A-Z]+ ACCEPT \[0:0\]\n)+COMMIT\n/gm, "");
