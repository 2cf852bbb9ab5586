import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runSteps, step } from "./cli-steps.js";

const rules = readFileSync("examples/server.rules.v4", "utf8");
const [, , , judged, shown, both, nat, json, nft] = runSteps([
  step("ip", "link set lo up"),
  step("rampart", "restore", rules),
  step("ping", "-q -c 2 -i 0.2 127.0.0.1"),
  step("iptables-legacy", "-L -v -n -x --line-numbers"),
  step("rampart", "show -4 -x"),
  step("rampart", "show"),
  step("rampart", "show -t nat -6"),
  step("rampart", "show INPUT --json"),
  step("rampart", "show -6 --backend nft"),
]);

/** Number, packets, bytes and target of each rule; of a policy without a number. */
const counted = (text: string): string[] =>
  [...text.matchAll(/^ *(\d*) +(\d+) +(\d+) +([A-Z]+)\b/gm)].map(([, ...words]) => words.join(" ").trim());

describe("rampart show", () => {
  it("shows each rule with the counters that iptables shows", () => {
    const theirs = counted(judged!.output),
      ours = counted(shown!.output);
    expect(ours.filter((row) => row.split(" ").length === 4)).toEqual(theirs);
    expect(theirs.filter((row) => /^\d+ 4 336 ACCEPT/.test(row))).toHaveLength(2);
  });
  it("shows at the end of each chain what its policy has counted", () => {
    const policies = [...judged!.output.matchAll(/policy (\w+) (\d+) packets, (\d+) bytes/g)];
    expect(policies).toHaveLength(3);
    for (const [, policy, packets, bytes] of policies)
      expect(shown!.output).toMatch(
        new RegExp(
          `^ +${packets} +${bytes} +${policy} +every other|policy ${policy} \\(${packets} packets, ${bytes}`,
          "m",
        ),
      );
  });
  it("shows both families, and says where one holds nothing", () => {
    expect(both!.output).toContain("IPv4, table filter\n\nINPUT\n");
    expect(both!.output.endsWith("\nIPv6: no rules in its legacy tables.\n")).toBe(true);
  });
  it("says whose tables it looked at", () => {
    expect(nft!.output).toBe("IPv6: no rules in its nft tables.\n");
  });
  it("shows a table that is asked for, even an empty one", () => {
    expect(nat!.output).toBe(
      `IPv6, table nat\n\n${["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]
        .map((chain) => `${chain}: no rules, policy ACCEPT (0 packets, 0 bytes)\n`)
        .join("")}`,
    );
  });
  it("gives JSON to programs", () => {
    const { tables } = JSON.parse(json!.output) as { tables: { family: string; table: string }[] };
    expect(tables.map(({ family, table }) => `${family} ${table}`)).toEqual(["ipv4 filter"]);
  });
});
