import type { HostProcess } from "./processes.js";
import type { HostSocket } from "./sockets.js";

/** The servers of ssh by the names that their processes have; OpenSSH 9.8 gave its sessions one of their own. */
const SERVERS: readonly string[] = ["sshd", "sshd-session", "sshd-auth", "dropbear", "tinysshd"];
/** The master of OpenSSH before 9.8 has the name of its sessions, whose listeners are forwarded ports. */
const FORWARDS = "sshd-session";

export interface OwnedSocket {
  readonly socket: HostSocket;
  /** Absent where /proc does not tell, or nobody holds it. */
  readonly owner?: HostProcess;
}
export interface SshSockets {
  readonly listeners: readonly OwnedSocket[];
  readonly sessions: readonly OwnedSocket[];
}

/**
 * Which sockets are those of an ssh server: by the process that holds them; or, where that is PID 1 (socket activation),
 * some inetd or unknown, by `ports`, those that sshd is told to listen on.
 */
export function sshSockets(
  sockets: readonly HostSocket[],
  owners: ReadonlyMap<number, readonly HostProcess[]>,
  ports: ReadonlySet<number>,
): SshSockets {
  const serverOf = (socket: HostSocket): HostProcess | undefined =>
    owners.get(socket.inode)?.find(({ name }) => SERVERS.includes(name));
  const owned = (socket: HostSocket): OwnedSocket => {
    const owner = serverOf(socket) ?? owners.get(socket.inode)?.[0];
    return { socket, ...(owner && { owner }) };
  };
  const isListener = (socket: HostSocket): boolean => {
    const holders = owners.get(socket.inode) ?? [],
      server = serverOf(socket);
    // A port that a session forwards is no way in; nor is one that only this host itself can reach.
    if (server) return ports.has(socket.local.port) || (server.name !== FORWARDS && !isLoopback(socket));
    return ports.has(socket.local.port) && (holders.length === 0 || holders.some(mayActivate));
  };
  const open = sockets.filter(({ state }) => state === "LISTEN"),
    listeners = open.filter(isListener),
    listening = new Set(open.map(({ local }) => local.port)),
    ways = new Set(listeners.map(({ local }) => local.port));
  // What a session forwards goes out from a port where nobody listens.
  const sessions = sockets.filter(
    (socket) =>
      socket.state === "ESTABLISHED" &&
      (ways.has(socket.local.port) || (listening.has(socket.local.port) && serverOf(socket) !== undefined)),
  );
  return { listeners: listeners.map(owned), sessions: sessions.map(owned) };
}
const mayActivate = ({ pid, name }: HostProcess): boolean =>
  pid === 1 || /^(systemd|x?inetd|tcpserver|tcpsvd|busybox|s6-|ucspi)/.test(name);
const isLoopback = ({ local }: HostSocket): boolean => /^(127\.|::1$)/.test(local.address);
