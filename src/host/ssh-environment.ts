import { isAddress } from "./address.js";
import type { HostFiles } from "./files.js";
import { ancestry, type HostProcess } from "./processes.js";

/** What sshd tells the shell that it starts (ssh(1), ENVIRONMENT). */
export interface SshConnection {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly port: number;
  /** In whose environment it stands. */
  readonly process: HostProcess;
}

/** Reads `client-address client-port server-address server-port`; undefined for anything else. */
export function parseSshConnection(value: string): Omit<SshConnection, "process"> | undefined {
  const [from = "", fromPort, to = "", port, ...rest] = value
    .split(" ")
    .map((word) => word.replace(/%.*$/, ""));
  if (!isAddress(from) || !isAddress(to) || !/^\d+$/.test(fromPort ?? "") || !/^\d+$/.test(port ?? ""))
    return undefined;
  return rest.length > 0 ? undefined : { from, fromPort: Number(fromPort), to, port: Number(port) };
}

/**
 * The connections by which this process was started, from its own environment and those of the processes that it descends
 * from: sudo takes the variable away, but not from its parent.
 */
export async function sshConnections(files: HostFiles, pid: number): Promise<SshConnection[]> {
  const found = new Map<string, SshConnection>();
  for await (const process of ancestry(pid, files)) {
    const environment = (await files.read(`/proc/${process.pid}/environ`)) ?? "";
    const value = /(?:^|\0)SSH_CONNECTION=([^\0]*)/.exec(environment)?.[1] ?? "";
    const connection = parseSshConnection(value);
    if (connection && !found.has(value)) found.set(value, { ...connection, process });
  }
  return [...found.values()];
}
