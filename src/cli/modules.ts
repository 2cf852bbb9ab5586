import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { isRampartError } from "../index.js";

export type LoadModule = (module: string) => Promise<void>;

/**
 * As iptables does: where the kernel has its tables in a module that nobody has loaded since it started, loads it and
 * tries once more. A module that cannot be loaded leaves the error as it is, which names it.
 */
export async function withModules<T>(work: () => Promise<T>, load: LoadModule = modprobe): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRampartError(error, "module-missing")) throw error;
    try {
      await load(error.context.module);
    } catch {
      throw error;
    }
    return await work();
  }
}

/** The kernel says which program loads its modules. */
async function modprobe(module: string): Promise<void> {
  const program = await readFile("/proc/sys/kernel/modprobe", "utf8");
  await promisify(execFile)(program.trim(), ["-q", module]);
}
