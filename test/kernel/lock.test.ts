import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { isRampartError, type RampartError } from "../../src/index.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
let holder: ChildProcess | undefined;
async function release(): Promise<void> {
  if (holder?.exitCode !== null || holder.signalCode !== null) return;
  holder.kill("SIGKILL");
  await once(holder, "exit");
}
afterEach(release);
/** iptables-legacy takes the lock to read, too. */
async function rulesAfterwards(): Promise<string> {
  await release();
  return namespace.iptables("-S INPUT");
}

/** Another program takes the lock; gives its process number. */
async function hold(): Promise<number> {
  const program =
    "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)";
  holder = spawn("python3", ["-c", program, namespace.lock], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout!, "data");
  return holder.pid!;
}
async function refusal(work: Promise<unknown>): Promise<RampartError> {
  const error: unknown = await work.then(() => undefined).catch((reason: unknown) => reason);
  if (!isRampartError(error)) throw error ?? new Error("it was not refused");
  return error;
}
const table = async () => {
  await using firewall = await namespace.open();
  return (await firewall.read("filter")).append("INPUT", { jump: "ACCEPT" });
};

it("a lock that is held is waited for no longer than told, and the error says who holds it", async () => {
  const pid = await hold();
  await using firewall = await namespace.open();
  const next = await table();
  const began = performance.now();
  const error = await refusal(firewall.write(next, { timeout: 300 }));
  expect(performance.now() - began).toBeGreaterThan(250);
  expect(error).toMatchObject({
    code: "lock-timeout",
    context: { path: namespace.lock, holder: pid, holderName: "python3" },
  });
  expect(error.message).toContain(`pid ${pid}, python3`);
  expect(await rulesAfterwards()).toBe("-P INPUT ACCEPT\n");
});

it("waiting ends as soon as the signal says so, and nothing is written", async () => {
  await hold();
  await using firewall = await namespace.open();
  const next = await table();
  const began = performance.now();
  const error = await refusal(firewall.write(next, { timeout: 30_000, signal: AbortSignal.timeout(200) }));
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(error.code).toBe("aborted");
  expect(await rulesAfterwards()).toBe("-P INPUT ACCEPT\n");
});

it("it is taken as soon as it is free", async () => {
  await hold();
  await using firewall = await namespace.open();
  const written = firewall.write(await table(), { timeout: 30_000 });
  setTimeout(() => holder!.kill("SIGKILL"), 300);
  await written;
  expect(await rulesAfterwards()).toContain("-A INPUT -j ACCEPT\n");
});

it("iptables waits for Rampart as Rampart waits for iptables: XTABLES_LOCKFILE is one lock", async () => {
  await hold();
  const waiting = namespace.try("timeout", [
    "0.5",
    "iptables-legacy",
    "-w",
    "30",
    "-A",
    "INPUT",
    "-j",
    "DROP",
  ]);
  expect(waiting.status).toBe(124);
  const ours = namespace.try("node", [
    "--import",
    "tsx",
    "src/cli/main.ts",
    "-w",
    "1",
    "-P",
    "INPUT",
    "DROP",
  ]);
  expect(ours.status).toBe(4);
  expect(ours.stderr).toContain(namespace.lock);
});
