import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installedIptables } from "../../src/host/installed-iptables.js";
import { isRampartError, open } from "../../src/index.js";
import { type Namespace, useFreshNamespaces } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

/** What iptables itself works on here, where nothing says otherwise. */
const installed = (await installedIptables("ipv4"))?.backend ?? "nft";
let namespace: Namespace;
useFreshNamespaces((made) => {
  namespace = made;
});
beforeAll(() => {
  delete process.env.RAMPART_BACKEND;
});
const run = (words: string) => namespace.line(words);
const found = async (family: "ipv4" | "ipv6" = "ipv4") => {
  await using firewall = await open({ family, netns: `pid:${namespace.pid}`, lockPath: namespace.lock });
  return firewall.backend;
};
/** The tables of legacy that the kernel has in the namespace: detection must add none. */
const registered = () => readFileSync(`/proc/${namespace.pid}/net/ip_tables_names`, "utf8");

it.each([
  ["a rule of iptables-legacy", "iptables-legacy -A INPUT -j ACCEPT", "legacy"],
  ["a chain of iptables-legacy", "iptables-legacy -t mangle -N mine", "legacy"],
  ["a policy of iptables-legacy", "iptables-legacy -P FORWARD DROP", "legacy"],
  ["the last policy of a table", "iptables-legacy -t filter -P OUTPUT DROP", "legacy"],
  ["a rule of iptables-nft", "iptables-nft -A INPUT -j ACCEPT", "nft"],
  ["a chain of iptables-nft", "iptables-nft -t raw -N mine", "nft"],
  ["a policy of iptables-nft", "iptables-nft -P INPUT DROP", "nft"],
])("%s decides", async (_, words, backend) => {
  run(words);
  const before = registered();
  expect(await found()).toBe(backend);
  expect(registered()).toBe(before);
  // The other family has nothing, and is another question.
  expect(await found("ipv6")).toBe(installed);
});
it("IPv6 is found out by itself", async () => {
  run("ip6tables-legacy -P FORWARD DROP");
  run("iptables-nft -A INPUT -j DROP");
  expect(await found("ipv6")).toBe("legacy");
  expect(await found("ipv4")).toBe("nft");
});
it("where nothing holds rules, the iptables that is installed decides, and no table is made by looking", async () => {
  expect(await found()).toBe(installed);
  expect(registered()).toBe("");
  run("iptables-legacy -S");
  run("iptables-legacy -t nat -S");
  expect(registered()).toBe("nat\nfilter\n");
  expect(await found()).toBe(installed);
  run("iptables-nft -A INPUT -j DROP");
  run("iptables-nft -F INPUT");
  expect(await found()).toBe(installed);
});
it("where the system's iptables is iptables-legacy, it sees what is written over a table that is merely registered", () => {
  // In /usr/local/sbin, over which a mount namespace lays a folder of its own.
  const told = namespace.run("unshare", [
    "-m",
    "sh",
    "-ec",
    `mount -t tmpfs none /usr/local/sbin
     ln -s "$(command -v iptables-legacy)" /usr/local/sbin/iptables
     iptables=/usr/local/sbin/iptables
     $iptables -N mine; $iptables -X mine
     unset RAMPART_BACKEND
     "$0" --import tsx src/cli/main.ts doctor
     "$0" --import tsx src/cli/main.ts -A INPUT -s 192.0.2.1 -j DROP
     $iptables -S INPUT`,
    process.execPath,
  ]);
  expect(told).toContain(
    "iptables-legacy's tables are merely registered (filter), and the iptables that is installed is iptables-legacy",
  );
  expect(told).toContain("-A INPUT -s 192.0.2.1/32 -j DROP");
});
it("rules that are none of iptables' do not count", async () => {
  const others = new NfTables(namespace);
  await others.table("mine");
  await others.chain("mine", "input", "filter", 1, 0);
  await others.rule("mine", "input");
  await others.table("filter");
  await others.chain("filter", "input", "filter", 1, 0);
  await others.rule("filter", "input");
  run("iptables-legacy -A INPUT -j ACCEPT");
  expect(await found()).toBe("legacy");
});

describe("rules in both", () => {
  beforeEach(() => {
    run("iptables-legacy -A INPUT -j ACCEPT");
    run("iptables-nft -t nat -A POSTROUTING -j MASQUERADE");
  });
  it("are a typed error, and reading one of them still works", async () => {
    const error: unknown = await found().catch((e: unknown) => e);
    expect(isRampartError(error, "both-backends") && error.context).toEqual({
      family: "ipv4",
      legacy: ["filter"],
      nft: ["nat"],
    });
    await using firewall = await namespace.open({ backend: "nft" });
    expect((await firewall.read("nat")).rules("POSTROUTING").length).toBe(1);
  });
  it("are an error of the command line too, unless it is told which", () => {
    const rampart = (...words: string[]) =>
      namespace.try("env", [
        "-u",
        "RAMPART_BACKEND",
        process.execPath,
        "--import",
        "tsx",
        "src/cli/main.ts",
        ...words,
      ]);
    const refused = rampart("-S");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("both in iptables-legacy's tables (filter) and in iptables-nft's (nat)");
    expect(rampart("-S", "INPUT", "--backend", "legacy").stdout).toContain("-A INPUT -j ACCEPT");
  });
});
it("RAMPART_BACKEND names one for all, and must be one", async () => {
  try {
    process.env.RAMPART_BACKEND = "legacy";
    expect(await found()).toBe("legacy");
    process.env.RAMPART_BACKEND = "nft";
    expect(await found()).toBe("nft");
    process.env.RAMPART_BACKEND = "nftables";
    await expect(found()).rejects.toThrow('RAMPART_BACKEND is "nftables"');
  } finally {
    delete process.env.RAMPART_BACKEND;
  }
});
it("who may not look is told so, instead of being shown empty tables", async () => {
  run("iptables-legacy -A INPUT -j ACCEPT");
  const { status, stderr } = namespace.tryWithoutRights("env", [
    "-u",
    "RAMPART_BACKEND",
    process.execPath,
    "--import",
    "tsx",
    "src/cli/main.ts",
    "-S",
  ]);
  expect(stderr).toContain("permission denied");
  expect(status).toBe(3);
});
