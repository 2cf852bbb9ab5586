import { expect, it } from "vitest";
import { useNamespace } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

const namespace = useNamespace();
const lint = (...words: string[]) =>
  namespace.try(process.execPath, [
    "--import",
    "tsx",
    "src/cli/main.ts",
    "lint",
    "--backend",
    "legacy",
    ...words,
  ]);

it("lint of the rules in force names what else filters: other base chains, and the other backend", async () => {
  namespace.iptables("-A INPUT -p udp -j DROP");
  expect(lint()).toMatchObject({ status: 0, stdout: "" });
  const others = new NfTables(namespace);
  await others.table("mine");
  await others.chain("mine", "in", "filter", 1, -5);
  namespace.run("iptables-nft", ["-A", "INPUT", "-p", "tcp", "--dport", "23", "-j", "DROP"]);
  const { status, stdout } = lint("--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { kind: "both-backends", family: "ipv4" },
    { kind: "other-filter", family: "ip", table: "mine", reason: expect.stringContaining("in (input)") },
  ]);
  expect(lint().stdout).toMatch(/^ip mine: other-filter: packets also pass in \(input\)/m);
});
