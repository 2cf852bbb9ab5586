import { createRequire } from "node:module";
import { RampartError } from "./errors.js";
import { findBinary } from "./native/binaries.js";

/** native/README.md describes what goes through here, and carries this number. */
const WIRE_VERSION = 7;

/** A network namespace, held open: its name may go, the namespace stays until this is closed or collected. */
export interface Namespace {
  close(): void;
}
/** The lock file, held. Released when its process or worker ends, however it ends. */
export interface Lock {
  release(): void;
}
/** Operations on one table on their way to the kernel, for one commit. `applyPatch` and `commitTable` empty it. */
export interface Patch {
  /** In bytes. */
  readonly length: number;
  /** Copies; whole records only. */
  push(bytes: Uint8Array): void;
}
/**
 * Netlink messages on their way to the kernel, in datagrams: one `sendmsg` each, of 1,024 pieces at the most. `transact`
 * empties it.
 */
export interface Datagrams {
  /** In bytes, of all datagrams. */
  readonly length: number;
  /** Whole messages, to the end of the last datagram. They are not copied: until the request settles they stay as they are. */
  push(bytes: Uint8Array): void;
  /** What is pushed from now on goes into another datagram. */
  next(): void;
}
/** What every native failure is an `Error` with. */
export interface NativeFailure extends Error {
  readonly errno: number;
  /** The system call or libiptc function, or `patch` (the bytes are none), `compare` (with ESTALE: not that table). */
  readonly syscall: string;
  /** Which operation of the patch, or which datagram of the request; -1 when it was none of them. */
  readonly index: number;
  /** The table changed all the same. */
  readonly applied: boolean;
}
/** How the native half calls a family. */
export const FAMILY_NUMBER = { ipv4: 4, ipv6: 6 } as const;
export type FamilyNumber = (typeof FAMILY_NUMBER)[keyof typeof FAMILY_NUMBER];

/** Where a namespace may be given, undefined is the one of this process. */
export interface LegacyAddon {
  readonly wireVersion: number;
  readonly Patch: new () => Patch;
  /** Throws a NativeFailure if there is no network namespace at the path. */
  openNamespace(path: string): Namespace;
  /** Makes a network namespace with nothing in it, which is gone when its handle is closed. */
  newNamespace(): Promise<Namespace>;
  /** Of the tables that exist, a line each in the kernel's order. */
  tableNames(family: FamilyNumber, namespace: Namespace | undefined): Promise<string>;
  /** The table's image; undefined if the table does not exist, and then it is not made. */
  readTable(
    family: FamilyNumber,
    table: string,
    namespace: Namespace | undefined,
  ): Promise<ArrayBuffer | undefined>;
  /**
   * Applies what the patch holds so far to the table as it was at the first call, for a commit to come. A table that does
   * not exist is not made. The caller holds the lock from the first call to the commit.
   */
  applyPatch(
    family: FamilyNumber,
    table: string,
    namespace: Namespace | undefined,
    patch: Patch,
  ): Promise<void>;
  /** Applies what the patch still holds, and commits. Makes the table if it does not exist. The caller holds the lock. */
  commitTable(
    family: FamilyNumber,
    table: string,
    namespace: Namespace | undefined,
    patch: Patch,
  ): Promise<void>;
  /** Forgets what was applied; nothing can be done with the patch any more. */
  dropPatch(patch: Patch): Promise<void>;
  /** Undefined if someone else has it. */
  tryLock(path: string): Lock | undefined;
}
export interface NetlinkAddon {
  readonly wireVersion: number;
  openNamespace(path: string): Namespace;
  /** Makes a network namespace with nothing in it, which is gone when its handle is closed. */
  newNamespace(): Promise<Namespace>;
  readonly Datagrams: new () => Datagrams;
  /**
   * Sends whole messages on a socket of its own, resolves with the kernel's, verbatim; the kernel's errors are among
   * them. Bytes are one datagram. A datagram is sent when each message of the one before that asked for an
   * acknowledgement or a dump has got its end; after one in which the kernel refused anything, none is sent. What is
   * lost, cut off or late is a NativeFailure: ENOBUFS, EMSGSIZE, ETIMEDOUT.
   */
  transact(
    protocol: number,
    request: Uint8Array | Datagrams,
    namespace: Namespace | undefined,
    options: { /** How long to wait for something that is due, in milliseconds. */ readonly timeout: number },
  ): Promise<ArrayBuffer>;
  /** A file of /proc/net as the namespace has it; undefined if there is none of that name. */
  procNet(name: string, namespace: Namespace | undefined): Promise<ArrayBuffer | undefined>;
  /** `getsockopt` of a fresh raw socket. The kernel reads `value`; what it makes of it is the result. */
  socketOption(
    family: number,
    level: number,
    option: number,
    value: Uint8Array,
    namespace: Namespace | undefined,
  ): Promise<ArrayBuffer>;
  /**
   * Joins a multicast group; gives the descriptor of a stream of what the kernel sends, which is the caller's to close.
   * NLMSG_NOOP comes first, or an NLMSG_ERROR, which is the last; NLMSG_OVERRUN stands where messages were lost.
   */
  subscribe(protocol: number, group: number, namespace: Namespace | undefined): number;
}

/**
 * One conversation with a netlink protocol: whole messages out, the kernel's in, its refusals among them. The request's
 * bytes must stay as they are until it settles.
 */
export type Transport = (request: Uint8Array) => Promise<Uint8Array>;
/** The same in several datagrams: each is sent when the one before has been answered, and none after a refusal. */
export type DatagramTransport = (datagrams: readonly Datagram[]) => Promise<Uint8Array>;
/** What goes to the kernel in one call: whole, or in pieces that belong together. */
export type Datagram = Uint8Array | readonly Uint8Array[];
/** Milliseconds that the kernel may be silent; it answers while it is being asked, so this only ends what hangs. */
const SILENCE = 60_000;
export const netlinkTransport = (protocol: number, namespace: Namespace | undefined): Transport => {
  const send = datagramTransport(protocol, namespace);
  return (request) => send([request]);
};
export const datagramTransport =
  (protocol: number, namespace: Namespace | undefined): DatagramTransport =>
  async (all) => {
    const datagrams = new (netlinkAddon().Datagrams)();
    for (const datagram of all) {
      for (const piece of datagram instanceof Uint8Array ? [datagram] : datagram) datagrams.push(piece);
      datagrams.next();
    }
    return new Uint8Array(
      await netlinkAddon().transact(protocol, datagrams, namespace, { timeout: SILENCE }),
    );
  };

/** The program that rolls a change back; throws `native-missing`. */
export function guardProgram(): string {
  const found = findBinary(GUARD);
  if (found) return found.path;
  throw new RampartError("native-missing", { addon: GUARD, problem: BUILD_IT });
}
const GUARD = "rampart-guard";

const loaded = new Map<string, { readonly wireVersion: number }>();

/** libiptc's side, loaded when it is first asked for; throws `native-missing`. */
export const legacyAddon = (): LegacyAddon => load("iptc") as LegacyAddon;
/** The sockets' side, which needs no library but libc; throws `native-missing`. */
export const netlinkAddon = (): NetlinkAddon => load("netlink") as NetlinkAddon;

function load(name: string): { readonly wireVersion: number } {
  const known = loaded.get(name);
  if (known) return known;
  const found = findBinary(`${name}.node`),
    refuse = (problem: string, cause?: unknown) =>
      new RampartError("native-missing", { addon: found?.name ?? `${name}.node`, problem }, { cause });
  if (!found) throw refuse(BUILD_IT);
  try {
    const exports = createRequire(import.meta.url)(found.path) as { readonly wireVersion: number };
    if (exports.wireVersion !== WIRE_VERSION)
      throw refuse(
        `it speaks wire version ${exports.wireVersion}, not ${WIRE_VERSION}; build it again: ${BUILD}`,
      );
    loaded.set(name, exports);
    return exports;
  } catch (error) {
    if (error instanceof RampartError) throw error;
    throw refuse(remedyFor(error as Error), error);
  }
}

const BUILD = "npx rampart build",
  BUILD_IT = `there is none for ${process.platform} on ${process.arch}; build it: ${BUILD} (it says what else is missing)`;
function remedyFor({ message }: Error): string {
  const library = /(lib\S+\.so\S*): cannot open shared object/.exec(message)?.[1];
  if (library)
    return `${library} is not installed (Debian and Ubuntu: apt-get install ${library.replace(/\.so\.?/, "")})`;
  return `${message}; build it for this machine: ${BUILD}`;
}
