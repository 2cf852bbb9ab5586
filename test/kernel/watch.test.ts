import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Firewall, open, parseRule, type TableChange } from "../../src/index.js";
import { useNamespace } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

const namespace = useNamespace();
const BACKENDS = ["legacy", "nft", "memory"] as const;
afterEach(async () => {
  await new NfTables(namespace).flush();
  for (const table of ["filter", "nat"]) {
    namespace.iptables(`-t ${table} -P OUTPUT ACCEPT`);
    namespace.iptables(`-t ${table} -F`);
    namespace.iptables(`-t ${table} -X`);
  }
});

/** Watches from now on: the first sighting is over when this resolves. */
function watching(firewall: Firewall, options: { signal?: AbortSignal; tables?: ["nat"] } = {}) {
  const changes = firewall.watch({ interval: 30, ...options });
  const next = changes.next();
  let begun = false;
  return {
    began: sleep(300),
    async change(): Promise<TableChange> {
      const { value, done } = await (begun ? changes.next() : next);
      begun = true;
      if (done) throw new Error("it has ended");
      return value;
    },
    changes,
    next,
  };
}
const said = ({ differences }: TableChange) =>
  differences.map((one) =>
    "ruleNumber" in one
      ? `${one.kind} ${one.ruleNumber}: ${one.text}`
      : `${one.kind} ${one.chain}${one.kind === "policy" ? ` ${one.policy}` : ""}`,
  );

describe.each(BACKENDS)("watch, %s", (backend) => {
  it("tells what was added, removed and changed, in its table and place", async () => {
    await using firewall = backend === "memory" ? await open({ backend }) : await namespace.open({ backend });
    await firewall.transaction("filter", (filter) =>
      filter.append("INPUT", parseRule("-s 192.0.2.1 -j DROP"), parseRule("-s 192.0.2.2 -j DROP")),
    );
    const watch = watching(firewall);
    await watch.began;
    await firewall.transaction("filter", (filter) =>
      filter
        .delete("INPUT", 1)
        .append("INPUT", parseRule("-p tcp --dport 22 -j ACCEPT"))
        .policy("FORWARD", "DROP"),
    );
    const one = await watch.change();
    expect(one).toMatchObject({ family: "ipv4", table: "filter" });
    expect(said(one)).toEqual([
      "rule-removed 1: -A INPUT -s 192.0.2.1/32 -j DROP",
      "rule-added 2: -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
      "policy FORWARD DROP",
    ]);
    expect(one.before.rules("INPUT").length).toBe(2);
    await firewall.transaction("nat", (nat) => nat.newChain("mine").append("OUTPUT", { jump: "mine" }));
    const two = await watch.change();
    expect(two.table).toBe("nat");
    expect(said(two)).toEqual(["rule-added 1: -A OUTPUT -j mine", "chain-added mine"]);
    await firewall.transaction("filter", (filter) => filter.policy("FORWARD", "ACCEPT"));
    await watch.changes.return(undefined);
  });
  it("ends with its signal, with close, and with the loop", async () => {
    const firewall = backend === "memory" ? await open({ backend }) : await namespace.open({ backend });
    const stop = new AbortController(),
      stopped = watching(firewall, { signal: stop.signal }),
      closed = watching(firewall);
    await closed.began;
    stop.abort();
    expect((await stopped.next).done).toBe(true);
    firewall.close();
    expect((await closed.next).done).toBe(true);
  });
});

describe("watch, nft", () => {
  const iptables = (words: string) => namespace.run("iptables-nft", words.split(" "));
  it("names the program that made the change, and keeps to the tables asked for", async () => {
    await using firewall = await namespace.open({ backend: "nft" });
    const watch = watching(firewall, { tables: ["nat"] });
    await watch.began;
    iptables("-A INPUT -j ACCEPT");
    iptables("-t nat -A POSTROUTING -j MASQUERADE");
    const { table, by, generation } = await watch.change();
    expect(table).toBe("nat");
    expect(by.map(({ name }) => name)).toContain("iptables-nft");
    expect(by.at(-1)!.pid).toBeGreaterThan(1);
    expect(generation).toBeGreaterThan(1);
    await watch.changes.return(undefined);
  });
  it("counters are no change, nor is the other family, nor a table of another program", async () => {
    await using firewall = await namespace.open({ backend: "nft" });
    iptables("-A INPUT -j ACCEPT -c 1 2");
    const watch = watching(firewall);
    await watch.began;
    iptables("-Z INPUT");
    namespace.run("ip6tables-nft", ["-A", "INPUT", "-j", "DROP"]);
    await new NfTables(namespace).table("mine");
    iptables("-A INPUT -j DROP");
    expect(said(await watch.change())).toEqual(["rule-added 2: -A INPUT -j DROP"]);
    await watch.changes.return(undefined);
  });
  it("what the kernel could not queue is read instead, and watching goes on", async () => {
    // Root of a user namespace only may not make its queue longer.
    const keeper = spawn("unshare", ["-rn", "sleep", "60"], { stdio: "ignore" });
    await sleep(200);
    const inside = (...words: string[]) => ["-t", `${keeper.pid}`, ...words];
    const driver = spawn(
      "nsenter",
      inside(
        "-U",
        "--preserve-credentials",
        "-n",
        process.execPath,
        "--import",
        "tsx",
        "test/kernel/watch-driver.ts",
      ),
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    try {
      const lines = createInterface(driver.stdout)[Symbol.asyncIterator](),
        line = async () => (await lines.next()).value as string;
      expect(await line()).toBe("ready");
      const rules = 30_000,
        many = Array.from({ length: rules }, (_, i) => `-A flood -s 10.0.${i >> 8}.${i & 255} -j DROP`),
        input = `*filter\n:flood -\n${many.join("\n")}\n-A INPUT -j flood\nCOMMIT\n`;
      expect(spawnSync("nsenter", inside("-n", "iptables-nft-restore"), { input }).status).toBe(0);
      driver.stdin.write("\n");
      // The rules, their chain, and the jump to it. Whose they are is lost.
      expect(JSON.parse(await line())).toEqual({ by: [], differences: rules + 2 });
      spawnSync("nsenter", inside("-n", "iptables-nft", "-A", "OUTPUT", "-j", "ACCEPT"));
      expect(JSON.parse(await line())).toEqual({ by: ["iptables-nft"], differences: 1 });
    } finally {
      driver.kill();
      keeper.kill();
    }
  });
});

it("monitor prints each change of both families and who made it", async () => {
  const [program = "", ...words] = [
    ...namespace.enter,
    process.execPath,
    "--import",
    "tsx",
    "src/cli/main.ts",
    "monitor",
    "--backend",
    "nft",
  ];
  const monitor = spawn(program, words, { env: namespace.environment, stdio: ["ignore", "pipe", "inherit"] });
  try {
    let output = "";
    monitor.stdout.on("data", (chunk) => {
      output += chunk;
    });
    // It may take a while to begin: what is already there is no change.
    for (let i = 0; i < 100 && !output.includes("OUTPUT"); i++) {
      namespace.run("ip6tables-nft", ["-A", "OUTPUT", "-d", `2001:db8::${i}`, "-j", "DROP"]);
      await sleep(100);
    }
    expect(output).toMatch(/^\d\d:\d\d:\d\d ipv6 filter by (ip6tables-nft \(pid \d+\)(, )?)+\n {2}\+ /);
    expect(output).toMatch(/ {2}\+ -A OUTPUT -d 2001:db8::\w+\/128 -j DROP \(rule \d+\)\n/);
  } finally {
    monitor.kill();
    await once(monitor, "exit");
  }
});
