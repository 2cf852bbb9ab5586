import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds of wall time. */
export async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** The longest time, in milliseconds, that the event loop did not turn during the work. */
export async function longestGap(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  // The last stretch ends with the next turn.
  await new Promise((resolve) => setTimeout(resolve, 2));
  delay.disable();
  return delay.max / 1e6;
}

/**
 * Milliseconds that this thread has had a processor: others on a busy machine do not count. proc_pid_schedstat(5) alone
 * shows what stood there at the last tick, up to 4 ms ago; asking for the usage brings it up to date.
 */
export function worked(): number {
  process.cpuUsage();
  return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;
}
/** The longest that the main thread worked between two turns of its event loop; what others took of the machine is not in it. */
export async function longestSlice(work: () => Promise<unknown>): Promise<number> {
  let last = worked(),
    longest = 0;
  const turn = () => {
    const now = worked();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const turning = setInterval(turn, 1);
  await work();
  turn();
  clearInterval(turning);
  return longest;
}

/** Runs a program to its end; its wall time, start-up included, in milliseconds. */
export function program(name: string, args: readonly string[], inputFile?: string): number {
  const line = [name, ...args].map((word) => `'${word}'`).join(" ");
  const command = inputFile === undefined ? `${line} >/dev/null` : `${line} <'${inputFile}'`;
  const begin = performance.now();
  const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}
/** Runs a program beside this process, with a file as its input. */
export async function runs(name: string, inputFile: string): Promise<void> {
  const input = await open(inputFile);
  const child = spawn(name, [], { stdio: [input.fd, "ignore", "inherit"] });
  await once(child, "exit");
  await input.close();
}
/** What a program that times itself prints, in milliseconds. */
export function selfTimed(path: string, ...args: readonly string[]): number {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${path} ${args.join(" ")}: ${stderr}`);
  return Number(stdout);
}
