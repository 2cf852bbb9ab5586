import { access, readdir, readFile, readlink } from "node:fs/promises";

/** What is read of a host besides netlink: /proc, resolv.conf, sshd_config. May be faked by an object. */
export interface HostFiles {
  /** Undefined where there is none, or it may not be read. */
  read(path: string): Promise<string | undefined>;
  /** The names in a directory; none where it may not be read. */
  list(path: string): Promise<readonly string[]>;
  /** Where a symbolic link leads. */
  link(path: string): Promise<string | undefined>;
}
const undefinedIfNot = async <T>(attempt: Promise<T>): Promise<T | undefined> =>
  attempt.catch(() => undefined);

export const systemFiles: HostFiles = {
  read: (path) => undefinedIfNot(readFile(path, "utf8")),
  list: async (path) => (await undefinedIfNot(readdir(path))) ?? [],
  link: (path) => undefinedIfNot(readlink(path)),
};
/** Whether there is anything of that name. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
