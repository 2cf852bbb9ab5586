import { expect, it } from "vitest";
import { withModules } from "../../../src/cli/modules.js";
import { RampartError } from "../../../src/index.js";

const missing = new RampartError("module-missing", {
  module: "ip6_tables",
  errno: 92,
  errorName: "ENOPROTOOPT",
  syscall: "iptc_init",
});
/** Work that fails until the module is there. */
function worker(error: Error) {
  const loaded: string[] = [];
  let tries = 0;
  const work = async () => {
    tries++;
    if (loaded.length === 0) throw error;
    return "done";
  };
  return { work, loaded, tries: () => tries };
}

it("loads the module that is missing, and tries once more", async () => {
  const { work, loaded, tries } = worker(missing);
  await expect(withModules(work, async (name) => void loaded.push(name))).resolves.toBe("done");
  expect([loaded, tries()]).toEqual([["ip6_tables"], 2]);
});
it("leaves the error as it is where the module cannot be loaded", async () => {
  const { work, tries } = worker(missing);
  await expect(withModules(work, () => Promise.reject(new Error("no such module")))).rejects.toBe(missing);
  expect(tries()).toBe(1);
});
it("does not try for ever", async () => {
  const { work, tries } = worker(missing);
  await expect(withModules(work, async () => {})).rejects.toBe(missing);
  expect(tries()).toBe(2);
});
it("leaves other errors alone", async () => {
  const other = new RampartError("no-such-table", { table: "x" });
  await expect(withModules(worker(other).work, () => Promise.reject(new Error("asked")))).rejects.toBe(other);
});
