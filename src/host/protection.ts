import { isRampartError } from "../errors.js";
import type { Endpoint, Provenance } from "../model/endpoint.js";
import { FAMILIES } from "../model/family.js";
import { familyOfAddress } from "./address.js";
import { type Connection, findConnection } from "./conntrack.js";
import { type HostFiles, systemFiles } from "./files.js";
import { Findings, type Protection, socketProvenance } from "./findings.js";
import type { Host } from "./host.js";
import { hostAddresses } from "./links.js";
import { peerPaths } from "./peer-path.js";
import { socketOwners } from "./processes.js";
import { type ProtectWish, wishedFor } from "./protect-wish.js";
import { listSockets } from "./sockets.js";
import { type SshConnection, sshConnections } from "./ssh-environment.js";
import { type OwnedSocket, sshSockets } from "./ssh-sockets.js";
import { type ListenPlace, socketUnitListens, sshdListens } from "./sshd-config.js";

export interface ProtectionOptions {
  /** What the user names. */
  readonly protect?: readonly ProtectWish[];
  /** Whose environment, and whose ancestors', may hold `SSH_CONNECTION`. Default: this process. */
  readonly pid?: number;
  readonly files?: HostFiles;
}
/**
 * What a change of this host's rules must not cut off, from everything that can be known: ssh sessions and servers by their
 * sockets, `SSH_CONNECTION`, sshd's configuration, the user's own list. Each endpoint says what led to it; if there is none,
 * the notes say so, and nothing may be called safe.
 *
 * @throws `host` where the kernel does not tell of its sockets, `invalid-value` for a wish that is none
 */
export async function findProtection(host: Host, options: ProtectionOptions = {}): Promise<Protection> {
  const { protect = [], pid = process.pid, files = systemFiles } = options;
  const [configured, units, sockets, environment] = await Promise.all([
    sshdListens(files),
    socketUnitListens(files),
    listSockets(host, { states: ["LISTEN", "ESTABLISHED"] }),
    sshConnections(files, pid),
  ]);
  const told = [...(configured ?? []), ...units],
    owners = await socketOwners(new Set(sockets.map(({ inode }) => inode)), files),
    { listeners, sessions } = sshSockets(sockets, owners, new Set([22, ...told.map(({ port }) => port)]));
  const found = new Findings();
  const tracker = trackerOf(host, found);
  for (const session of sessions) found.session(session, await tracker(session));
  await addEnvironment(host, environment, found);
  for (const listener of listeners) addListener(listener, told, found);
  for (const wish of protect) for (const endpoint of wishedFor(wish)) found.add(endpoint);
  await addNamespaceNote(files, found);
  const endpoints = await withPaths(host, found);
  if (endpoints.length === 0) found.notes.add(NOTHING);
  return { endpoints, notes: [...found.notes] };
}

const NOTHING =
  "nothing to protect was found: no ssh session, no listening ssh server, no SSH_CONNECTION, and nothing was named; so nothing can be called safe";

/** Whether conntrack follows a session; asked by its answers' direction, which is that of the socket whatever NAT did. */
function trackerOf(host: Host, found: Findings) {
  return async ({ socket }: OwnedSocket): Promise<Connection | undefined | "unknown"> => {
    const { family, local, remote } = socket;
    try {
      return await findConnection(host, family, {
        protocol: "tcp",
        source: local.address,
        sourcePort: local.port,
        destination: remote.address,
        destinationPort: remote.port,
      });
    } catch (error) {
      if (!isRampartError(error, "permission") && !isRampartError(error, "host")) throw error;
      found.notes.add(`whether conntrack follows the sessions is not known: ${error.message}`);
      return "unknown";
    }
  };
}

async function addEnvironment(host: Host, all: readonly SshConnection[], found: Findings): Promise<void> {
  if (all.length === 0) return;
  const ours = new Set((await hostAddresses(host)).map(({ address }) => address));
  for (const { from, fromPort: peerPort, to, port, process } of all) {
    const where = `${process.name} (pid ${process.pid})`,
      provenance: Provenance[] = [{ found: "SSH_CONNECTION", where }],
      there = { family: familyOfAddress(from), protocol: "tcp", from, to, port, provenance } as const;
    const alive = found.endpoints.some((one) => one.from === from && one.peerPort === peerPort);
    if (alive) found.add({ ...there, peerPort });
    if (alive || ours.has(to)) found.peer(there);
    else
      found.notes.add(
        `SSH_CONNECTION of ${where} says ${from} to ${to}, which is no address of this network namespace: it is about another one`,
      );
  }
}

/** A way in; who uses it is not known unless somebody is there now. */
function addListener(listener: OwnedSocket, told: readonly ListenPlace[], found: Findings): void {
  const { family, local, dualStack } = listener.socket,
    { port, address } = local;
  if (found.endpoints.some((endpoint) => endpoint.port === port)) return;
  const to = /^(0\.0\.0\.0|::)$/.test(address) ? {} : { to: address },
    places = told.filter((place) => place.port === port);
  const provenance = [
    socketProvenance(listener),
    ...places.map(({ file, line }): Provenance => ({ found: "sshd_config", where: `${file}:${line}` })),
  ];
  for (const one of dualStack ? FAMILIES : [family])
    found.add({ family: one, protocol: "tcp", ...to, port, advisory: true, provenance });
}

/** Adds interfaces, and notes about tunnels. */
async function withPaths(host: Host, found: Findings): Promise<Endpoint[]> {
  const asked = await peerPaths(host),
    known = new Map<string, readonly string[]>();
  for (const { from } of found.endpoints) {
    if (from === undefined || from.includes("/") || known.has(from)) continue;
    const { interfaces, tunnel } = await asked(from);
    if (interfaces) known.set(from, interfaces);
    else found.notes.add(`no route leads back to ${from}`);
    if (tunnel !== undefined)
      found.notes.add(
        `${from} is reached through the tunnel ${tunnel}: what carries the tunnel is not judged; name it in \`protect\``,
      );
  }
  return found.endpoints.map((endpoint) => {
    const interfaces = known.get(endpoint.from ?? "");
    return interfaces ? { ...endpoint, interfaces } : endpoint;
  });
}

async function addNamespaceNote(files: HostFiles, found: Findings): Promise<void> {
  const [here, first] = await Promise.all([files.link("/proc/self/ns/net"), files.link("/proc/1/ns/net")]);
  if (here !== undefined && first !== undefined && here !== first)
    found.notes.add(
      "this is not the network namespace of PID 1: the rules outside of it can still cut off what is here",
    );
}
