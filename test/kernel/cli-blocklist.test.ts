import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runSteps, step } from "./cli-steps.js";

const directory = mkdtempSync(join(tmpdir(), "rampart-test-")),
  file = join(directory, "list");
writeFileSync(file, "192.0.2.1\n198.51.100.0/24\nnonsense\n2001:db8::1\n");
afterAll(() => rmSync(directory, { recursive: true }));
const LEGACY = "--backend legacy";

it("rampart blocklist fills, asks, tells of refused lines, and removes", () => {
  const [dry, none, sync, saved, rules, there, absent, json, remove, empty] = runSteps([
    step("rampart", `blocklist sync drop ${file} --dry-run ${LEGACY}`),
    step("ipset", "save"),
    step("rampart", `blocklist sync drop ${file} ${LEGACY}`),
    step("ipset", "save"),
    step("iptables-legacy", "-S INPUT"),
    step("rampart", "blocklist test drop 198.51.100.9"),
    step("rampart", "blocklist test drop 198.51.101.9"),
    step("rampart", `blocklist sync drop ${file} ${LEGACY} --json`),
    step("rampart", `blocklist remove drop ${LEGACY}`),
    step("ipset", "save"),
  ]);
  expect(dry?.output).toContain("drop would hold 2 networks of IPv4 and 1 of IPv6; nothing was changed\n");
  expect(none?.output).toBe("");
  expect(sync).toMatchObject({ status: 0 });
  expect(sync?.output).toContain(`${file}:3: "nonsense": it is no address, network or range\n`);
  expect(sync?.output).toContain("drop holds 2 networks of IPv4 and 1 of IPv6; 3 added, 0 removed");
  expect(saved?.output).toMatch(/^add drop\.n4\S+ 198\.51\.100\.0\/24$/m);
  expect(rules?.output).toContain("-A INPUT -m set --match-set drop src -j DROP\n");
  expect([there?.status, absent?.status]).toEqual([0, 1]);
  expect(JSON.parse(json!.output)).toMatchObject({ by: "nothing", refusedCount: 1 });
  expect([remove?.status, empty?.output]).toEqual([0, ""]);
});

it("rampart ban, bans and unban", () => {
  const [ban, again, wrong, safe, listed, unban, absent, time] = runSteps([
    step("rampart", `ban 192.0.2.1 198.51.100.0/24 --timeout 2h --reason probing ${LEGACY}`),
    step("rampart", `ban 192.0.2.1 ${LEGACY} --json`),
    step("rampart", `ban 192.0.2 ${LEGACY}`),
    step("rampart", `ban 127.0.0.1 ${LEGACY}`),
    step("rampart", `bans ${LEGACY}`),
    step("rampart", `unban 192.0.2.1 ${LEGACY}`),
    step("rampart", `unban 192.0.2.1 ${LEGACY}`),
    step("rampart", "ban 192.0.2.1 --timeout soon"),
  ]);
  expect([ban?.status, ban?.output]).toEqual([0, "192.0.2.1: added\n198.51.100.0/24: added\n"]);
  expect(JSON.parse(again!.output)).toEqual({ results: [{ address: "192.0.2.1", result: "present" }] });
  expect([wrong?.status, wrong?.output]).toEqual([
    1,
    "192.0.2: refused: it is no address, network or range\n",
  ]);
  expect([safe?.status, safe?.output]).toEqual([
    1,
    "127.0.0.1: refused: it holds or belongs to 127.0.0.0/8, which is safe: the loopback interface\n",
  ]);
  expect(listed?.output).toMatch(/^198\.51\.100\.0\/24 +(2h|1h 59m) +0 packets {2}probing$/m);
  expect(listed?.output).toMatch(/^192\.0\.2\.1 +for good +0 packets$/m);
  expect([unban?.status, absent?.status]).toEqual([0, 1]);
  expect([time?.status, time?.errors]).toEqual([2, expect.stringContaining('"soon" is no time')]);
});
