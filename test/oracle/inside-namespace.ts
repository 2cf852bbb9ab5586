import { execFileSync } from "node:child_process";

const INSIDE = "RAMPART_IN_ITS_OWN_NAMESPACE";

/** Starts this script once more in a network namespace of its own, and ends with it: what follows runs inside. Takes root. */
export function enterNamespace(): void {
  if (process.env[INSIDE] !== undefined) return;
  const again = ["-n", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  try {
    execFileSync("unshare", again, { env: { ...process.env, [INSIDE]: "1" }, stdio: "inherit" });
    process.exit();
  } catch (error) {
    process.exit((error as { status?: number }).status ?? 1);
  }
}
