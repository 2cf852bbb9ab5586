import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BansOptions, openBans } from "../../src/index.js";
import { Namespace, useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
const make = (options: BansOptions = {}) =>
  openBans({
    safe: false,
    backend: "legacy",
    ...options,
    netns: `pid:${namespace.pid}`,
    lockPath: namespace.lock,
  });
const saved = (): string => namespace.run("ipset", ["save"]);
const entry = (address: string): string | undefined =>
  new RegExp(`^add bans\\.[46] ${address.replaceAll(".", "\\.")}( .*|$)`, "m").exec(saved())?.[0];

describe("bans", () => {
  const bans = make();
  afterAll(async () => {
    await bans.remove();
    expect(saved()).toBe("");
    expect(withoutComments(namespace.run("iptables-legacy-save"))).not.toContain("-A INPUT");
  });

  it("are in the kernel as ipset sees them, with their time and reason, and lead the rules", async () => {
    namespace.iptables("-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT");
    const { results } = await bans.ban(
      ["192.0.2.1", { address: "198.51.100.7/24", timeout: 0 }, "2001:db8::1"],
      { timeout: 600, reason: "too many requests" },
    );
    expect(results.map(({ result }) => result)).toEqual(["added", "added", "added"]);
    expect(entry("192.0.2.1")).toMatch(/ timeout (600|599) packets 0 bytes 0 comment "too many requests"$/);
    expect(entry("198.51.100.0/24")).toMatch(/ timeout 0 /);
    expect(entry("2001:db8::1")).toMatch(/ timeout (600|599) /);
    for (const program of ["iptables-legacy-save", "ip6tables-legacy-save"])
      expect(namespace.run(program).match(/^-A INPUT.*$/m)?.[0]).toBe(
        "-A INPUT -m set --match-set bans src -j DROP",
      );
    const listed = await bans.bans();
    expect(listed).toHaveLength(3);
    expect(listed.find(({ address }) => address === "192.0.2.1")).toMatchObject({
      reason: "too many requests",
      packets: 0,
    });
    expect(listed.find(({ address }) => address === "198.51.100.0/24")).not.toHaveProperty("left");
    namespace.iptables("-D INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT");
  });
  it("say of each what became of it", async () => {
    const { results } = await bans.ban(
      [
        "192.0.2.1",
        "192.0.2.300",
        { address: "192.0.2.5", timeout: 3_000_000 },
        { address: "192.0.2.6", reason: 'a "quote"' },
        "192.0.2.7-192.0.2.9",
        "192.0.2.8",
      ],
      { timeout: 100 },
    );
    expect(results.map(({ result }) => result)).toEqual([
      "present",
      "refused",
      "refused",
      "refused",
      "refused",
      "added",
    ]);
    expect(results.map(({ problem = "" }) => problem)).toEqual([
      "",
      expect.stringMatching(/no address/),
      expect.stringMatching(/2147483 seconds/),
      expect.stringMatching(/quotes/),
      expect.stringMatching(/range/),
      "",
    ]);
    expect(entry("192.0.2.1")).toMatch(/ timeout (100|99) packets/);
    expect((await bans.unban(["192.0.2.8", "192.0.2.8", "x"])).map(({ result }) => result)).toEqual([
      "removed",
      "absent",
      "refused",
    ]);
  });
  it("go ten thousand by one call, each with its result", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    const { results } = await bans.ban([...many, "10.1.0.0"]);
    expect(results.filter(({ result }) => result === "added")).toHaveLength(10_000);
    expect(results.at(-1)?.result).toBe("present");
    expect(await bans.bans()).toHaveLength(10_003);
    const lifted = await bans.unban(many);
    expect(lifted.every(({ result }) => result === "removed")).toBe(true);
  });
  it("that the set has no room for are refused one by one, and told so", async () => {
    namespace.line("ipset create small hash:net timeout 0 counters comment hashsize 64 maxelem 64");
    namespace.line("ipset swap small bans.4");
    const { results } = await bans.ban(Array.from({ length: 100 }, (_, i) => `10.2.0.${i}`));
    const refused = results.filter(({ result }) => result === "refused");
    expect(refused).toHaveLength(36);
    for (const { problem } of refused) expect(problem).toMatch(/the set is full/);
    expect(saved().match(/^add bans\.4 10\.2\.0\./gm)).toHaveLength(64);
    namespace.line("ipset swap small bans.4");
    namespace.line("ipset destroy small");
  });
  it("come back where somebody destroyed the sets", async () => {
    namespace.iptables("-F INPUT");
    namespace.run("ip6tables-legacy", ["-F", "INPUT"]);
    namespace.run("ipset", ["destroy", "bans"]);
    namespace.run("ipset", ["destroy"]);
    expect((await bans.ban("192.0.2.1")).results).toEqual([{ address: "192.0.2.1", result: "added" }]);
    expect(entry("192.0.2.1")).toBeDefined();
    expect(namespace.run("iptables-legacy-save")).toContain("-A INPUT -m set --match-set bans src -j DROP");
  });
  it("never shut out what is safe", async () => {
    namespace.run("ip", ["link", "set", "lo", "up"]);
    namespace.run("ip", ["address", "add", "10.9.9.1/24", "dev", "lo"]);
    const careful = make({ safe: { also: ["203.0.113.0/24"] } });
    const { results } = await careful.ban(["10.9.9.1", "10.0.0.0/8", "127.0.0.1", "203.0.113.9", "10.9.9.2"]);
    expect(results.map(({ result }) => result)).toEqual([
      "refused",
      "refused",
      "refused",
      "refused",
      "added",
    ]);
    expect(results[0]?.problem).toBe("it is safe: this host, on lo");
    expect(results[1]?.problem).toMatch(/^it holds or belongs to 10.9.9.1, which is safe/);
  });
});

describe("killConnections", () => {
  const there = new Namespace();
  const HERE = "10.210.0.1",
    PEER = "10.210.0.2";
  beforeAll(async () => {
    await there.ready();
    namespace.run("ip", [
      "link",
      "add",
      "near",
      "type",
      "veth",
      "peer",
      "name",
      "far",
      "netns",
      String(there.pid),
    ]);
    namespace.run("ip", ["address", "add", `${HERE}/24`, "dev", "near"]);
    namespace.run("ip", ["link", "set", "near", "up"]);
    there.run("ip", ["address", "add", `${PEER}/24`, "dev", "far"]);
    there.run("ip", ["link", "set", "far", "up"]);
    // Conntrack follows only where a rule asks for it.
    namespace.iptables("-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT");
  });
  afterAll(() => there.close());

  it("ends an established connection at once, on both sides", async () => {
    const server = `require("node:net").createServer((s) => { s.on("error", (e) => { console.log("server " + e.code); process.exit(); }); s.on("data", () => s.write("pong")); }).listen(7007, "${HERE}", () => console.log("listening"));`,
      client = `const s = require("node:net").connect(7007, "${HERE}", () => s.write("ping")); s.on("data", () => console.log("answered")); s.on("error", (e) => { console.log("client " + e.code); process.exit(); }); setInterval(() => s.write("ping"), 100);`;
    const start = (where: Namespace, program: string) => {
      const [first = "", ...rest] = [...where.enter, process.execPath, "-e", program];
      const child = spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.on("data", (text) => {
        said += text;
      });
      return { child, said: () => said, exited: once(child, "exit") };
    };
    const until = async (test: () => boolean): Promise<void> => {
      for (let i = 0; i < 500 && !test(); i++) await sleep(20);
      expect(test()).toBe(true);
    };
    const serving = start(namespace, server);
    await until(() => serving.said().includes("listening"));
    const asking = start(there, client);
    await until(() => asking.said().includes("answered"));
    const { results, killed } = await make().ban(PEER, { killConnections: true });
    expect(results).toEqual([{ address: PEER, result: "added" }]);
    expect(killed).toMatchObject({ sockets: 1 });
    expect(killed?.connections).toBeGreaterThanOrEqual(1);
    await Promise.all([serving.exited, asking.exited]);
    expect(serving.said()).toContain("server ECONNABORTED");
    expect(asking.said()).toContain("client ECONNRESET");
    expect(there.try("ping", ["-c", "1", "-W", "1", HERE]).status).not.toBe(0);
    await make().unban(PEER);
    expect(there.try("ping", ["-c", "1", "-W", "1", HERE]).status).toBe(0);
  });
});
