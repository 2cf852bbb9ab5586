import { createRequire } from "node:module";
import { RampartError } from "./errors.js";

/** native/README.md describes what goes through here, and carries this number. */
const WIRE_VERSION = 2;

/** A network namespace, held open: its name may go, the namespace stays until this is closed or collected. */
export interface Namespace {
  close(): void;
}
/** The lock file, held. Released when its process or worker ends, however it ends. */
export interface Lock {
  release(): void;
}
/** Operations on one table on their way to the kernel. `commitTable` empties it. */
export interface Patch {
  /** In bytes. */
  readonly length: number;
  /** Copies; whole records only. */
  push(bytes: Uint8Array): void;
}
/** What every native failure is an `Error` with. */
export interface NativeFailure extends Error {
  readonly errno: number;
  /** The system call or libiptc function, or `patch` (the bytes are none), `compare` (with ESTALE: not that table). */
  readonly syscall: string;
  /** Which operation of the patch; -1 when it was none of them. */
  readonly index: number;
  /** The table changed all the same. */
  readonly applied: boolean;
}
export type FamilyNumber = 4 | 6;

/** Where a namespace may be given, undefined is the one of this process. */
export interface LegacyAddon {
  readonly wireVersion: number;
  readonly Patch: new () => Patch;
  /** Throws a NativeFailure if there is no network namespace at the path. */
  openNamespace(path: string): Namespace;
  /** Of the tables that exist, a line each in the kernel's order. */
  tableNames(family: FamilyNumber, namespace: Namespace | undefined): Promise<string>;
  /** The table's image; undefined if the table does not exist, and then it is not made. */
  readTable(
    family: FamilyNumber,
    table: string,
    namespace: Namespace | undefined,
  ): Promise<ArrayBuffer | undefined>;
  /** Makes the table if it does not exist. The caller holds the lock. */
  commitTable(
    family: FamilyNumber,
    table: string,
    namespace: Namespace | undefined,
    patch: Patch,
  ): Promise<void>;
  /** Undefined if someone else has it. */
  tryLock(path: string): Lock | undefined;
}
export interface NetlinkAddon {
  readonly wireVersion: number;
  openNamespace(path: string): Namespace;
  /** Sends whole messages, resolves with the kernel's, verbatim; the kernel's errors are among them. */
  transact(
    protocol: number,
    request: Uint8Array,
    namespace: Namespace | undefined,
    options: { /** In milliseconds. */ readonly timeout: number },
  ): Promise<ArrayBuffer>;
}

/** One conversation with a netlink protocol: whole messages out, the kernel's in, its refusals among them. */
export type Transport = (request: Uint8Array) => Promise<Uint8Array>;
/** Milliseconds that the kernel may be silent; it answers while it is being asked, so this only ends what hangs. */
const SILENCE = 60_000;
export const netlinkTransport =
  (protocol: number, namespace: Namespace | undefined): Transport =>
  async (request) =>
    new Uint8Array(await netlinkAddon().transact(protocol, request, namespace, { timeout: SILENCE }));

const loaded = new Map<string, { readonly wireVersion: number }>();

/** libiptc's side, loaded when it is first asked for; throws `native-missing`. */
export const legacyAddon = (): LegacyAddon => load("iptc") as LegacyAddon;
/** The sockets' side, which needs no library but libc; throws `native-missing`. */
export const netlinkAddon = (): NetlinkAddon => load("netlink") as NetlinkAddon;

function load(name: string): { readonly wireVersion: number } {
  const known = loaded.get(name);
  if (known) return known;
  const addon = `build/Release/${name}.node`,
    refuse = (problem: string, cause?: unknown) =>
      new RampartError("native-missing", { addon, problem }, { cause });
  try {
    // From src and from dist alike, the package's root is one folder up.
    const exports = createRequire(import.meta.url)(`../${addon}`) as { readonly wireVersion: number };
    if (exports.wireVersion !== WIRE_VERSION)
      throw refuse(
        `it speaks wire version ${exports.wireVersion}, not ${WIRE_VERSION}; build it again: scripts/build-native`,
      );
    loaded.set(name, exports);
    return exports;
  } catch (error) {
    if (error instanceof RampartError) throw error;
    throw refuse(remedyFor(error), error);
  }
}

function remedyFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "MODULE_NOT_FOUND") return "build it: scripts/build-native (it says what else is missing)";
  const library = /(lib\S+\.so\S*): cannot open shared object/.exec(message)?.[1];
  if (library)
    return `${library} is not installed (Debian and Ubuntu: apt-get install ${library.replace(/\.so\.?/, "")})`;
  return `${message}; build it again: scripts/build-native`;
}
