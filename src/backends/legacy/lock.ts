import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RampartError } from "../../errors.js";
import { throwIfAborted } from "../../model/slices.js";
import { type Lock, legacyAddon } from "../../native.js";
import type { WaitOptions } from "../backend.js";
import { systemError } from "./failure.js";

/** Where iptables' own tools lock, `XTABLES_LOCKFILE` or this (iptables(8), ENVIRONMENT is undocumented; xshared.h). */
export const defaultLockPath = (): string => process.env.XTABLES_LOCKFILE ?? "/run/xtables.lock";
const DEFAULT_TIMEOUT = 5_000;
/** Waiting is a timer, so that no pool thread sleeps; uneven, so that waiters do not march in step. */
const pauseBetween = (): number => 1 + Math.random() * 9;

/** Takes the lock that iptables-legacy and iptables-legacy-restore take, or throws `lock-timeout` or `aborted`. */
export async function takeLock(
  path: string,
  { signal, timeout = DEFAULT_TIMEOUT }: WaitOptions = {},
): Promise<Lock> {
  const begin = performance.now();
  for (;;) {
    throwIfAborted("waiting for the xtables lock", signal);
    const lock = tryLock(path);
    if (lock) return lock;
    const waited = performance.now() - begin;
    if (waited >= timeout)
      throw new RampartError("lock-timeout", {
        path,
        waited: Math.round(waited),
        ...(await lockHolder(path)),
      });
    // An abort wakes the sleep; the top of the loop says so.
    await sleep(Math.min(pauseBetween(), timeout - waited), undefined, signal && { signal }).catch(() => {});
  }
}

function tryLock(path: string): Lock | undefined {
  try {
    return legacyAddon().tryLock(path);
  } catch (error) {
    throw systemError(error, { operation: `the lock file ${path}` });
  }
}

/** /proc/locks names the flock's owner by inode; an owner in another pid namespace is not to be known. */
export async function lockHolder(path: string): Promise<{ holder?: number; holderName?: string }> {
  try {
    const [{ ino }, locks] = await Promise.all([stat(path), readFile("/proc/locks", "utf8")]);
    const line = locks
      .split("\n")
      .find((l) => l.includes("FLOCK") && l.includes(`:${ino} `) && !l.includes("->"));
    const pid = Number(line?.trim().split(/\s+/)[4]);
    if (!(pid > 0)) return {};
    // Who locked may have handed its descriptor on and ended: then nobody is to be named.
    const name = await readFile(`/proc/${pid}/comm`, "utf8");
    return { holder: pid, holderName: name.trim() };
  } catch {
    return {};
  }
}
