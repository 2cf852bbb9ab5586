import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INSIDE = "RAMPART_BENCH_DIRECTORY";

/**
 * Runs a benchmark in a network namespace of its own, with a collector that can be asked to collect: this program is
 * started once more there, with the same words, and then `measure` is run, with a directory that goes afterwards.
 */
export async function inNamespace(measure: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = process.env[INSIDE];
  if (directory !== undefined) return measure(directory);
  const made = mkdtempSync(join(tmpdir(), "rampart-bench-"));
  try {
    const again = ["-n", process.execPath, "--expose-gc", ...process.execArgv, ...process.argv.slice(1)],
      env = { ...process.env, [INSIDE]: made, XTABLES_LOCKFILE: join(made, "lock") };
    process.exitCode = spawnSync("unshare", again, { env, stdio: "inherit" }).status ?? 1;
  } finally {
    rmSync(made, { recursive: true });
  }
}
