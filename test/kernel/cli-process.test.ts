import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { useNamespace } from "./namespace.js";

/** What only a process of its own can show: its streams, its files, its exit status. */
const namespace = useNamespace();
const MAIN = ["--import", "tsx", "src/cli/main.ts"];
const rampart = (words: string, input?: string | Buffer) =>
  namespace.try(process.execPath, [...MAIN, ...words.split(" ").filter(Boolean)], input as string);
const shell = (script: string) =>
  namespace.try("bash", ["-c", `r() { "${process.execPath}" ${MAIN.join(" ")} "$@"; }; ${script}`]);

beforeAll(() => {
  const rules = Array.from({ length: 5000 }, (_, i) => `-A INPUT -s 10.1.${i >> 8}.${i & 255} -j DROP\n`);
  namespace.run("iptables-legacy-restore", [], `*filter\n${rules.join("")}COMMIT\n`);
});

it("a reader that goes away ends it quietly", () => {
  for (const words of ["-S", "save --json"]) {
    const { stdout, stderr } = shell(`r ${words} | head -1; echo \${PIPESTATUS[0]}`);
    expect(stdout).toMatch(/^\S.*\n0\n$/);
    expect(stderr).toBe("");
  }
});
it("output that cannot be written is an error", () => {
  const { status, stderr } = shell("r -S > /dev/full");
  expect(status).toBe(1);
  expect(stderr).toContain("no space left");
});
it("standard input that is no text changes nothing, instead of losing a letter", () => {
  const text = Buffer.from('*filter\n-A INPUT -m comment --comment "caf\xe9" -j DROP\nCOMMIT\n', "latin1");
  const { status, stderr } = rampart("restore", text);
  expect(status).toBe(1);
  expect(stderr).toContain("standard input: line 2 is not UTF-8 text");
  expect(namespace.iptables("-S INPUT 1")).toContain("10.1.0.0/32");
});
it("saves to the boot file, and makes its folder", () => {
  const etc = join(namespace.directory, "etc"),
    inEtc = (words: string) =>
      namespace.run("unshare", [
        "-m",
        "sh",
        "-c",
        `mount --bind ${etc} /etc && exec "$0" "$@"`,
        process.execPath,
        ...MAIN,
        ...words.split(" "),
      ]);
  mkdirSync(etc);
  inEtc("-6 -A INPUT -j ACCEPT");
  inEtc("save --boot");
  inEtc("save -6 --boot");
  const path = join(etc, "iptables/rules.v4");
  expect(readFileSync(path, "utf8")).toContain("-A INPUT -s 10.1.0.0/32 -j DROP\n");
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(etc, "iptables/rules.v6"), "utf8")).toContain("-A INPUT -j ACCEPT\n");
  writeFileSync(path, "*filter\n-A INPUT -s 192.0.2.1 -j DROP\nCOMMIT\n");
  inEtc("restore --boot");
  expect(namespace.iptables("-S INPUT")).toBe("-P INPUT ACCEPT\n-A INPUT -s 192.0.2.1/32 -j DROP\n");
});
it.each([
  ["--netns nosuch -S", 1, "/run/netns/nosuch: there is no such file"],
  ["--netns /etc/passwd -S", 1, "it is no network namespace"],
  ["--netns /proc/self/ns/uts -S", 1, "it is no network namespace"],
])("%s", (words, status, problem) => {
  const done = rampart(words);
  expect(done.status).toBe(status);
  expect(done.stderr).toContain(problem);
});
