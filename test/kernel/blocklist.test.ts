import { describe, expect, it } from "vitest";
import {
  type BlocklistOptions,
  blocklist,
  isRampartError,
  openBans,
  type Progress,
  type SyncPhase,
} from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";
import { TcpSession } from "./tcp-session.js";

const namespace = useNamespace();
const make = (name: string, options: Omit<BlocklistOptions, "netns" | "lockPath">) =>
  blocklist(name, {
    safe: false,
    backend: "legacy",
    ...options,
    netns: `pid:${namespace.pid}`,
    lockPath: namespace.lock,
  });
/** What the sets of a list hold, as ipset says it. */
const held = (name: string): string[] =>
  [...namespace.run("ipset", ["save"]).matchAll(/^add (\S+) (\S+)$/gm)]
    .filter(([, set = ""]) => set.startsWith(`${name}.`))
    .map(([, , entry = ""]) => entry)
    .sort();
/** Whether one of its sets holds the address; ipset itself looks into no list of sets. */
const blocked = (address: string): boolean => {
  const family = address.includes(":") ? "6" : "4";
  return sets()
    .filter((set) => set.startsWith("drop.") && set[6] === family)
    .some((set) => namespace.try("ipset", ["test", set, address]).status === 0);
};
const sets = (): string[] => namespace.run("ipset", ["list", "-n"]).trim().split("\n").filter(Boolean);
const rules = (program = "iptables-legacy-save"): string[] =>
  withoutComments(namespace.run(program)).match(/^-A .*$/gm) ?? [];
const problemOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing is wrong",
    (error: unknown) => (isRampartError(error) ? `${error.code}: ${error.message}` : `thrown: ${error}`),
  );
const LIST = ["192.0.2.1", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/48"];

describe("a blocklist", () => {
  it("is in the kernel as ipset and iptables see it: hosts and networks of both families, one rule each", async () => {
    const list = make("drop", { sources: [LIST] });
    const report = await list.sync();
    expect(report).toMatchObject({ added: 4, removed: 0, by: "whole", networks: { ipv4: 2, ipv6: 2 } });
    expect(held("drop")).toEqual([...LIST].sort());
    for (const address of [
      "198.51.100.77",
      "192.0.2.1",
      "2001:db8::1",
      "198.51.101.1",
      "192.0.2.2",
      "2001:db8::2",
    ])
      expect([address, await list.has(address)]).toEqual([address, blocked(address)]);
    const rule = "-A INPUT -m set --match-set drop src -j DROP";
    expect(rules()).toEqual([rule]);
    expect(rules("ip6tables-legacy-save")).toEqual([rule]);
    await list.sync();
    expect(rules()).toEqual([rule]);
    await list.remove();
    expect(sets()).toEqual([]);
    expect(rules()).toEqual([]);
  });
  it("changes by difference, by what the kernel holds where nothing is known, and from anything", async () => {
    const source = { entries: LIST as readonly string[] };
    const sync = async (entries: readonly string[], list = known) => {
      source.entries = entries;
      const report = await list.sync();
      expect(held("drop")).toEqual([...entries].sort());
      return report;
    };
    const known = make("drop", {
      sources: [{ entries: { [Symbol.iterator]: () => source.entries[Symbol.iterator]() } }],
    });
    expect((await sync(LIST)).by).toBe("whole");
    expect(await sync([...LIST, "203.0.113.7"])).toMatchObject({ added: 1, removed: 0, by: "changes" });
    expect(await sync(LIST.slice(1))).toMatchObject({ added: 0, removed: 2, by: "changes" });
    expect(await sync(LIST.slice(1))).toMatchObject({ added: 0, removed: 0, by: "nothing" });
    // Someone else empties a set.
    const [hosts = ""] = sets().filter((set) => set.startsWith("drop.n4"));
    namespace.run("ipset", ["flush", hosts]);
    expect(await sync(LIST.slice(1))).toMatchObject({ added: 1, by: "changes" });
    // Another process does not know what was there.
    const fresh = make("drop", {
      sources: [{ entries: { [Symbol.iterator]: () => source.entries[Symbol.iterator]() } }],
    });
    expect(await sync([...LIST.slice(1), "203.0.113.9"], fresh)).toMatchObject({
      added: 1,
      removed: 0,
      by: "changes",
    });
    const many = Array.from({ length: 6000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`);
    expect(await sync(many)).toMatchObject({ by: "whole" });
    expect(sets()).toHaveLength(5);
    // More than the sets were made for.
    await known.remove();
  });
  it("takes the halves where everything is meant, and the address of zeros", async () => {
    const list = make("drop", { sources: ["0.0.0.0-255.255.255.255\n::"], rule: false });
    await list.sync();
    expect(held("drop")).toEqual(["0.0.0.0/1", "128.0.0.0/1", "::"]);
    await list.remove();
  });
  it("spares what is safe, exactly, and says so", async () => {
    namespace.run("ip", ["link", "set", "lo", "up"]);
    namespace.run("ip", ["address", "add", "10.1.2.3/24", "dev", "lo"]);
    namespace.run("ip", ["route", "add", "default", "via", "10.1.2.254", "dev", "lo"]);
    const list = make("drop", {
      sources: ["10.0.0.0/8\n127.0.0.0/8\n192.0.2.0/24"],
      safe: { also: ["192.0.2.7"] },
    });
    const { spared } = await list.sync();
    expect(spared.map(({ address }) => address)).toEqual(
      expect.arrayContaining(["127.0.0.0/8", "10.1.2.3", "10.1.2.254", "192.0.2.7"]),
    );
    const tests = {
      "10.1.2.3": false,
      "10.1.2.254": false,
      "10.1.2.4": true,
      "10.255.255.255": true,
      "127.0.0.1": false,
      "192.0.2.7": false,
      "192.0.2.8": true,
    };
    for (const [address, wanted] of Object.entries(tests))
      expect([address, blocked(address)]).toEqual([address, wanted]);
    await list.remove();
  });
  it.each(["legacy", "nft"] as const)(
    "has its rule behind what lets answers in, and before what lets others in: %s",
    async (backend) => {
      const tool = backend === "legacy" ? "iptables-legacy" : "iptables-nft";
      for (const rule of [
        "-i lo -j ACCEPT",
        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-p tcp --dport 22 -j ACCEPT",
      ])
        namespace.run(tool, ["-A", "INPUT", ...rule.split(" ")]);
      const list = make("drop", {
        sources: ["192.0.2.1"],
        backend,
        rule: { chains: ["INPUT", "FORWARD", "OUTPUT"] },
      });
      expect((await list.sync()).rules.map(({ chain, action, number }) => [chain, action, number])).toEqual([
        ["INPUT", "added", 3],
        ["FORWARD", "added", 1],
        ["OUTPUT", "added", 1],
      ]);
      expect((await list.sync()).rules.every(({ action }) => action === "kept")).toBe(true);
      const text = namespace.run(tool, ["-S"]);
      expect(text.match(/^-A INPUT.*/gm)?.[2]).toBe("-A INPUT -m set --match-set drop src -j DROP");
      expect(text).toContain("-A OUTPUT -m set --match-set drop dst -j DROP");
      await list.remove();
      expect(namespace.run(tool, ["-S"]).match(/^-A .*/gm)).toHaveLength(3);
      namespace.run(tool, ["-F"]);
    },
  );
  it("tells its progress step by step, and ends with the report", async () => {
    const list = make("drop", {
      sources: [Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`)],
      rule: false,
    });
    const seen: Progress<SyncPhase>[] = [],
      steps = list.steps();
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) seen.push(step.value);
    expect(step.value.added).toBe(5000);
    expect(seen.length).toBeGreaterThan(0);
    const all: string[] = [];
    await list.sync({ onProgress: ({ phase }) => all.at(-1) !== phase && all.push(phase) });
    expect(all).toEqual(["read", "merge", "protect", "compare", "rules"]);
    await list.remove();
  });
});

describe("a sync that fails changes nothing", () => {
  it("where a source cannot be had, is empty, or the caller stops it", async () => {
    await make("drop", { sources: [LIST] }).sync();
    const gone = make("drop", { sources: [LIST, { file: "/nonexistent/list" }] });
    expect(await problemOf(gone.sync())).toMatch(/^source: \/nonexistent\/list: there is no such file/);
    expect(await problemOf(make("drop", { sources: ["# nothing"] }).sync())).toMatch(/no address at all/);
    const abort = new AbortController();
    const many = make("drop", {
      sources: [Array.from({ length: 50_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`)],
    });
    const stopped = many.sync({
      signal: abort.signal,
      onProgress: ({ phase }) => phase === "load" && abort.abort(),
    });
    expect(await problemOf(stopped)).toMatch(/^aborted/);
    expect(held("drop")).toEqual([...LIST].sort());
    expect(sets()).toHaveLength(5);
    expect(await make("drop", { sources: [], allowEmpty: true }).sync()).toMatchObject({ removed: 4 });
    await make("drop", { sources: [] }).remove();
  });
  it("where the name is that of another set", async () => {
    namespace.run("ipset", ["create", "other", "hash:ip"]);
    expect(await problemOf(make("other", { sources: [LIST] }).sync())).toMatch(
      /is no blocklist of Rampart's, but hash:ip/,
    );
    namespace.run("ipset", ["destroy", "other"]);
    expect(() => make("a name", { sources: [] })).toThrow(/cannot be a blocklist's name/);
  });
});

describe("beside a live ssh session, which the check against lock-out protects", () => {
  it("lists and bans go in, without whoever it is", async () => {
    namespace.run("ip", ["link", "set", "lo", "up"]);
    const session = await TcpSession.open(namespace, "127.0.0.1", 22, "sshd");
    try {
      const list = make("drop", { sources: [["127.0.0.1", "192.0.2.7"]], safe: {} });
      expect(await list.sync()).toMatchObject({ added: 1, rules: [{ action: "added" }] });
      const where = { netns: `pid:${namespace.pid}`, lockPath: namespace.lock, backend: "legacy" } as const;
      const bans = openBans(where);
      const { results } = await bans.ban(["192.0.2.8", "127.0.0.1"]);
      expect(results).toMatchObject([{ result: "added" }, { result: "refused" }]);
      expect(rules().length).toBe(2);
      const cutting = make("cutting", { sources: [["127.0.0.0/8"]] });
      expect(await problemOf(cutting.sync())).toMatch(/^lockout.*127\.0\.0\.1/);
      expect(rules().length).toBe(2);
      await cutting.remove();
      expect(await session.say("client")).toBe("heard");
    } finally {
      await session.close();
    }
  });
});
