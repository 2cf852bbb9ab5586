import { randomBytes } from "node:crypto";
import {
  constants,
  type FileHandle,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { RampartError } from "../errors.js";
import type { Family } from "../model/family.js";

const BOOT_FOLDER = "/etc/iptables";
/** Where iptables-persistent keeps the rules that are loaded at boot, and ipset-persistent the sets. */
export const bootRulesPath = (family: Family): string =>
  `${BOOT_FOLDER}/${family === "ipv4" ? "rules.v4" : "rules.v6"}`;
export const bootSetsPath = (): string => `${BOOT_FOLDER}/ipsets`;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  ENOTDIR: "a part of its path is not a directory",
  EISDIR: "it is a directory",
  EACCES: "permission denied: it takes root, or another file",
  EPERM: "permission denied: it takes root, or another file",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  ELOOP: "its symbolic links lead in a circle",
};
export function reasonOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
function refuse(path: string, error: unknown): never {
  if (error instanceof RampartError) throw error;
  throw new RampartError("file", { path, problem: reasonOf(error) }, { cause: error });
}

/**
 * Reads a rules file whole.
 *
 * @throws `file` where it cannot be read, or is not UTF-8: a rule must not change by being read.
 */
export async function readRulesFile(path: string): Promise<string> {
  return rulesText(await readFile(path).catch((error: unknown) => refuse(path, error)), path);
}

/** The text of a rules file's bytes; throws `file` where they are not UTF-8. `path`: what to call it in the error. */
export function rulesText(bytes: Uint8Array, path: string): string {
  try {
    // A byte order mark stays where it is: it makes the first line wrong, and the parser says so.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const line = text.slice(0, text.indexOf("\ufffd")).split("\n").length;
    throw new RampartError("file", { path, problem: `line ${line} is not UTF-8 text` });
  }
}

const NEW_FILE = 0o640;

/**
 * Writes a rules file so that whoever reads it, now or after a crash, finds the old one or the new one, never a part:
 * a temporary file beside it, fsync, rename, fsync of the directory. A new file gets `mode`, 0640 as iptables-persistent's
 * have; one that is there keeps its mode and owner. A symbolic link is followed and stays: what it points to is replaced,
 * or made. The folder of the boot file is made where it is missing, as iptables-persistent makes it. Something that is no regular file (/dev/stdout, a pipe) is written to as it is.
 *
 * @throws `file`; then the old file is untouched. What `chunks` throws is passed on.
 */
export async function writeRulesFile(
  path: string,
  chunks: string | Iterable<string> | AsyncIterable<string>,
  mode: number = NEW_FILE,
): Promise<void> {
  const parts = typeof chunks === "string" ? [chunks] : chunks;
  if (dirname(path) === BOOT_FOLDER)
    await mkdir(dirname(path)).catch((error: unknown) => isCode(error, "EEXIST") || refuse(path, error));
  const target = await targetOf(path);
  const old = await stat(target).catch(() => undefined);
  if (old?.isDirectory()) throw new RampartError("file", { path, problem: REASONS.EISDIR! });
  if (old && !old.isFile()) return writePlainly(path, parts);
  const directory = dirname(target),
    temporary = join(directory, `.${basename(target)}.${process.pid}.${randomBytes(4).toString("hex")}`);
  const file = await open(temporary, "wx", mode).catch((error: unknown) => refuse(path, error));
  try {
    try {
      // The umask has had its say at open; the mode is a promise, so it is set once more.
      await file.chmod(old ? old.mode & 0o7777 : mode);
      if (old) await keepOwner(file, old);
      await writeAll(file, path, parts);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    if (error instanceof Error && "syscall" in error) refuse(path, error);
    throw error;
  }
  await syncDirectory(directory);
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
/** Where a path leads, also where nothing is there yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) return refuse(path, error);
    const next = await readlink(path).catch(() => undefined);
    return next === undefined ? path : targetOf(resolve(dirname(path), next));
  }
}

async function writeAll(
  file: FileHandle,
  path: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  // `write` may write a part only, as the system call may; this goes on until all is written.
  for await (const chunk of chunks)
    await file.appendFile(chunk).catch((error: unknown) => refuse(path, error));
}
async function writePlainly(path: string, chunks: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const file = await open(path, constants.O_WRONLY).catch((error: unknown) => refuse(path, error));
  try {
    await writeAll(file, path, chunks);
  } finally {
    await file.close();
  }
}
/** Only root can give a file away; without root the owner is the writer's, as with any editor that saves by renaming. */
async function keepOwner(file: FileHandle, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  await file.chown(uid, gid).catch(() => undefined);
}
/** Makes the rename itself last. Some file systems cannot sync a directory: then they decide. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY).catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}
