import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { BootState } from "../../src/index.js";
import type { Result } from "./cli-driver.js";
import { saidBySave, step } from "./cli-steps.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
const etc = join(namespace.directory, "etc"),
  file = (name: string) => join(etc, "iptables", name);
/** Command lines one after the other, in one process with an /etc of its own. */
function run(...lines: readonly string[]): Result[] {
  const steps = lines.map((line) => step(line.split(" ")[0]!, line.replace(/^\S+ ?/, ""))),
    inEtc = `mount --bind ${etc} /etc && exec "$0" "$@"`,
    driver = [process.execPath, "--import", "tsx", "test/kernel/cli-driver.ts"];
  const output = namespace.run("unshare", ["-m", "sh", "-c", inEtc, ...driver], JSON.stringify(steps));
  return JSON.parse(output) as Result[];
}
const SAVES = ["iptables-legacy-save", "ip6tables-legacy-save", "ipset save"];
const said = (results: readonly Result[]) =>
  results.map(({ output }) => saidBySave(output).replaceAll(/ \[\d+:\d+\]/g, ""));
const states = ({ output }: Result) => (JSON.parse(output) as BootState).files.map(({ state }) => state);
beforeAll(() => {
  mkdirSync(etc);
  namespace.run("ipset", ["create", "bad", "hash:ip"]);
  namespace.run("ipset", ["add", "bad", "192.0.2.1"]);
  namespace.iptables("-A INPUT -m set --match-set bad src -j DROP");
  namespace.iptables("-P FORWARD DROP");
  namespace.run("ip6tables-legacy", ["-t", "mangle", "-A", "OUTPUT", "-j", "ACCEPT"]);
});

it("what is saved is what a restart brings back: sets, then rules of both families", () => {
  const [before, [unsaved, save, fresh, flush], empty, [gone, lost, restore, status], after] = ((
    all: Result[],
  ) => [all.slice(0, 3), all.slice(3, 7), all.slice(7, 10), all.slice(10, 14), all.slice(14)])(
    run(
      ...SAVES,
      "rampart persist status --json",
      "rampart persist save",
      "rampart persist status --json",
      "rampart persist flush",
      ...SAVES,
      "ipset destroy",
      "rampart persist status --json",
      "rampart persist restore",
      "rampart persist status --json",
      ...SAVES,
    ),
  ) as [Result[], Result[], Result[], Result[], Result[]];
  expect(unsaved!.status).toBe(1);
  expect(states(unsaved!)).toEqual(["differs", "differs", "differs"]);
  expect(save).toEqual({
    status: 0,
    output: "/etc/iptables/ipsets: saved\n/etc/iptables/rules.v4: saved\n/etc/iptables/rules.v6: saved\n",
    errors: "",
  });
  for (const name of ["ipsets", "rules.v4", "rules.v6"])
    expect(statSync(file(name)).mode & 0o777).toBe(0o640);
  expect(fresh!.status).toBe(0);
  expect(flush!.status).toBe(0);
  expect(said(empty).slice(0, 2)).toEqual(["", ""]);
  expect(gone!.status).toBe(0);
  expect(states(lost!)).toEqual(["differs", "differs", "differs"]);
  expect(restore).toMatchObject({ status: 0, errors: "" });
  expect(said(after)).toEqual(said(before));
  expect(said(before).join("")).toContain("-A INPUT -m set --match-set bad src -j DROP");
  expect(states(status!)).toEqual(["same", "same", "same"]);
});

it("a mistake in one file does not keep the others from being loaded, and is shown with its place", () => {
  const good = readFileSync(file("rules.v4"), "utf8");
  writeFileSync(file("rules.v4"), good.replace("-j DROP", "-j DORP"));
  const [, restore, six] = run(
    "rampart persist flush",
    "rampart persist restore",
    "ip6tables-legacy -t mangle -S",
  );
  expect(restore!.status).toBe(2);
  expect(restore!.errors).toMatch(/\/etc\/iptables\/rules\.v4:\d+:\d+: .*DORP/);
  expect(restore!.output).toContain("/etc/iptables/rules.v6: loaded\n");
  expect(six!.output).toContain("-A OUTPUT -j ACCEPT");
});

it("install, status and uninstall", () => {
  const [install, status, uninstall, wrong] = run(
    "rampart persist install --backend legacy",
    "rampart persist status",
    "rampart persist uninstall",
    "rampart persist frobnicate",
  );
  expect(install).toMatchObject({ status: 0, errors: "" });
  expect(install!.output).toContain("/etc/systemd/system/rampart-restore.service: a unit, enabled");
  expect(status!.output).toContain("loaded at boot by /etc/systemd/system/rampart-restore.service");
  expect(uninstall!.output).toContain("removed");
  expect(wrong!.status).toBe(2);
  expect(wrong!.errors).toContain("one of install, uninstall, save, restore, flush, status is needed");
});
