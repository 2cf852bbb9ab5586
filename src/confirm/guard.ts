import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { RampartError } from "../errors.js";
import { exists } from "../host/files.js";
import { errorName } from "../native/failure.js";
import { guardProgram } from "../native.js";
import type { CommitState } from "./state.js";

/** What keeps the guard alive; sd_booted(3) names the folder. */
const SYSTEMD = "/run/systemd/system";
/** A guard reads tables and has the kernel try batches, so that it takes as long as these are large. */
const PATIENCE = 30_000;

export interface GuardFacts {
  readonly pid: number;
  /** A service of its own, where systemd runs the machine: `systemctl stop` of the caller's does not reach it. */
  readonly unit?: string;
  readonly memoryLocked: boolean;
  readonly oomSpared: boolean;
  /** Nothing that ends the caller's cgroup ends it. */
  readonly ownCgroup: boolean;
  /** The families whose xtables know the match `time`. */
  readonly time: readonly ("ipv4" | "ipv6")[];
}

/**
 * Starts a guard for what lies in the directory, and waits until it is armed.
 *
 * @throws `guard` where it cannot be, `pending` where the namespace has another one; nothing is armed then.
 */
export async function startGuard(state: CommitState): Promise<GuardFacts> {
  if (await exists(SYSTEMD)) {
    const unit = `rampart-${state.id}`;
    if (await startUnit(state, unit)) return { ...(await facts(state)), unit };
  }
  await run(state, guardProgram(), [state.directory]);
  return facts(state);
}

/**
 * Has a new guard put back what an earlier one has kept, which is no longer there; the mark is ROLLBACK. `namespace` is the
 * path to the one that the earlier guard was in.
 */
export async function restoreNow(state: CommitState, namespace: string): Promise<void> {
  await state.forget("refused");
  await run(state, guardProgram(), [state.directory, "restore", namespace], ["ROLLEDBACK", "FAILED"]);
}

/** False where systemd does not take it, for whatever reason: then there is the plain way. */
async function startUnit(state: CommitState, unit: string): Promise<boolean> {
  const words = unitWords(unit, guardProgram(), state.directory);
  try {
    await run(state, "systemd-run", words);
    return true;
  } catch (error) {
    // One that was refused for a reason of its own is refused again.
    if (error instanceof RampartError && error.code === "guard" && !(await state.has("refused")))
      return false;
    throw error;
  }
}
/** A transient service (systemd-run(1)): in a cgroup of its own under system.slice, and nobody's child. */
export const unitWords = (unit: string, program: string, directory: string): readonly string[] => [
  "--quiet",
  "--collect",
  `--unit=${unit}`,
  "--property=OOMScoreAdjust=-1000",
  "--property=SendSIGKILL=no",
  "--property=DefaultDependencies=no",
  "--",
  program,
  directory,
  "unit",
];

async function run(
  state: CommitState,
  program: string,
  words: readonly string[],
  until: readonly string[] = ["ARMED"],
): Promise<void> {
  let ended: string | undefined;
  // Nothing of this process's environment or folders is its business.
  const child = spawn(program, words, { detached: true, stdio: "ignore", cwd: "/", env: pathOnly() });
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (code, signal) => {
    if (code !== 0) ended = `it ended with ${signal ?? code}`;
  });
  child.unref();
  for (const begin = performance.now(); ; ) {
    const said = ended;
    for (const mark of until) if (await state.has(mark)) return;
    if (await state.has("refused")) throw await refusal(state);
    if (said !== undefined) throw new RampartError("guard", { problem: said });
    if (performance.now() - begin > PATIENCE)
      throw new RampartError("guard", { problem: `it said nothing for ${PATIENCE / 1000} s` });
    await sleep(2);
  }
}
const pathOnly = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH ?? "/usr/bin:/bin" });

const PROBLEMS: Readonly<Record<string, string>> = {
  generation: "the rules changed while the way back was prepared",
  nf_tables:
    "the kernel would not take the old rules back: rules of another program stand in chains that the change touches",
  table: "the kernel gave no whole table",
  namespace: "the change was made in another network namespace than this; run this there",
  job: "the guard is of another version of Rampart; build it again: npx rampart build",
};
async function refusal(state: CommitState): Promise<RampartError> {
  const [number = "", syscall = ""] = (await state.read("refused")).trim().split(" "),
    errno = Number(number),
    failure = { errno, errorName: errorName(errno), syscall };
  if (failure.errorName === "EBUSY" && syscall === "flock") return new RampartError("pending", {});
  if (failure.errorName === "ENOPROTOOPT")
    return new RampartError("module-missing", { module: "ip_tables or ip6_tables", ...failure });
  const problem = PROBLEMS[syscall] ?? syscall;
  return new RampartError("guard", { problem: `${problem} (${failure.errorName})`, ...failure });
}

async function facts(state: CommitState): Promise<GuardFacts> {
  const guard = (await state.guard()) ?? new Map<string, number>(),
    has = (name: string) => guard.get(name) === 1;
  return {
    pid: guard.get("pid") ?? 0,
    memoryLocked: has("memory-locked"),
    oomSpared: has("oom-spared"),
    ownCgroup: has("own-cgroup"),
    time: [...(has("time4") ? (["ipv4"] as const) : []), ...(has("time6") ? (["ipv6"] as const) : [])],
  };
}
