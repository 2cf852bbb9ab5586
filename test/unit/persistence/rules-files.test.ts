import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { readRulesFile, writeRulesFile } from "../../../src/persistence/rules-files.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rampart-rules-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const mode = async (path: string) => (await stat(path)).mode & 0o7777;
const problem = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!isRampartError(error, "file")) throw error ?? new Error("nothing was thrown");
  return error.message;
};

describe("writeRulesFile", () => {
  it("makes a file of mode 0640, whatever the umask", async () => {
    const umask = process.umask(0o077);
    try {
      await writeRulesFile(join(dir, "rules.v4"), "*filter\nCOMMIT\n");
    } finally {
      process.umask(umask);
    }
    expect(await readFile(join(dir, "rules.v4"), "utf8")).toBe("*filter\nCOMMIT\n");
    expect(await mode(join(dir, "rules.v4"))).toBe(0o640);
    expect(await readdir(dir)).toEqual(["rules.v4"]);
  });
  it("keeps the mode of the file it replaces", async () => {
    const path = join(dir, "rules.v4");
    await writeFile(path, "old");
    await chmod(path, 0o600);
    await writeRulesFile(path, ["a", "b"]);
    expect(await readFile(path, "utf8")).toBe("ab");
    expect(await mode(path)).toBe(0o600);
  });
  it("leaves the old file alone when the text breaks off", async () => {
    const path = join(dir, "rules.v4");
    await writeFile(path, "old");
    async function* broken() {
      yield "new";
      throw new Error("no more");
    }
    await expect(writeRulesFile(path, broken())).rejects.toThrow("no more");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(dir)).toEqual(["rules.v4"]);
  });
  it("follows a symbolic link and keeps it", async () => {
    await writeFile(join(dir, "real"), "old");
    await symlink("real", join(dir, "link"));
    await writeRulesFile(join(dir, "link"), "new");
    expect((await lstat(join(dir, "link"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, "real"), "utf8")).toBe("new");
  });
  it("makes what a symbolic link points to", async () => {
    await symlink("second", join(dir, "first"));
    await symlink("real", join(dir, "second"));
    await writeRulesFile(join(dir, "first"), "new");
    expect((await lstat(join(dir, "first"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, "real"), "utf8")).toBe("new");
    await symlink("circle", join(dir, "circle"));
    expect(await problem(writeRulesFile(join(dir, "circle"), ""))).toContain("lead in a circle");
  });
  it("says why it cannot", async () => {
    expect(await problem(writeRulesFile(join(dir, "none", "rules.v4"), ""))).toContain(
      "no such file or directory",
    );
    expect(await problem(writeRulesFile(dir, ""))).toContain("it is a directory");
  });
  it("writes into what is no regular file", async () => {
    await writeRulesFile("/dev/null", "gone");
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
  });
});

describe("readRulesFile", () => {
  it("says what is wrong", async () => {
    expect(await problem(readRulesFile(join(dir, "none")))).toContain("no such file or directory");
    expect(await problem(readRulesFile(dir))).toContain("it is a directory");
  });
  it("refuses bytes that are no text, with their line", async () => {
    await writeFile(join(dir, "bad"), Buffer.from("*filter\n# \xff\n", "latin1"));
    expect(await problem(readRulesFile(join(dir, "bad")))).toContain("line 2 is not UTF-8");
  });
});
