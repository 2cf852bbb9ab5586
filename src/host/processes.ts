import { type HostFiles, systemFiles } from "./files.js";

export interface HostProcess {
  readonly pid: number;
  /** Its name as the kernel has it, of at most 15 characters (`/proc/PID/comm`). */
  readonly name: string;
}

/** So many processes are looked at at once: each is a directory and a link for every descriptor. */
const AT_ONCE = 16;

/** By inode, the processes that hold a socket, as far as /proc may be read: without root, only those of this user. */
export async function socketOwners(
  inodes: ReadonlySet<number>,
  files: HostFiles = systemFiles,
): Promise<Map<number, HostProcess[]>> {
  const owners = new Map<number, HostProcess[]>();
  if (inodes.size === 0) return owners;
  const waiting = (await files.list("/proc")).filter((name) => /^\d+$/.test(name));
  const work = async (): Promise<void> => {
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      const held = await socketsOf(pid, files);
      const wanted = [...held].filter((inode) => inodes.has(inode));
      if (wanted.length === 0) continue;
      const process = { pid: Number(pid), name: await processName(Number(pid), files) };
      for (const inode of wanted) owners.set(inode, [...(owners.get(inode) ?? []), process]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const list of owners.values()) list.sort((a, b) => a.pid - b.pid);
  return owners;
}
async function socketsOf(pid: string, files: HostFiles): Promise<Set<number>> {
  const directory = `/proc/${pid}/fd`,
    found = new Set<number>();
  const links = (await files.list(directory)).map((fd) => files.link(`${directory}/${fd}`));
  for (const link of await Promise.all(links)) {
    const inode = /^socket:\[(\d+)\]$/.exec(link ?? "")?.[1];
    if (inode !== undefined) found.add(Number(inode));
  }
  return found;
}

export const processName = async (pid: number, files: HostFiles): Promise<string> =>
  ((await files.read(`/proc/${pid}/comm`)) ?? "").trimEnd();

/** A process and those that it descends from, up to the first that may not be read. */
export async function* ancestry(pid: number, files: HostFiles = systemFiles): AsyncGenerator<HostProcess> {
  const seen = new Set<number>();
  for (let next = pid; next > 0 && !seen.has(next); ) {
    seen.add(next);
    const stat = await files.read(`/proc/${next}/stat`);
    if (stat === undefined) return;
    // The name stands in parentheses and may hold some itself; behind the last: the state, the parent.
    const close = stat.lastIndexOf(")");
    yield { pid: next, name: stat.slice(stat.indexOf("(") + 1, close) };
    next = Number(stat.slice(close + 2).split(" ")[1]);
  }
}
