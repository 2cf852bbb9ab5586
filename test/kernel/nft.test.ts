import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Firewall, isRampartError, parseRule, type Rule, type Table } from "../../src/index.js";
import { familyOf, readVectors } from "../vectors/iptables.js";
import { familyOfNft, readNftVectors } from "../vectors/nft.js";
import { Namespace, useNamespace, withoutComments } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

const namespace = useNamespace();
const open = (family: "ipv4" | "ipv6" = "ipv4"): Promise<Firewall> =>
  namespace.open({ family, backend: "nft" });
const TOOL = { ipv4: "iptables-nft", ipv6: "ip6tables-nft" } as const;
const FAMILIES = ["ipv4", "ipv6"] as const;
const iptables = (words: string) => namespace.run("iptables-nft", words.split(" "));
const saved = (family: "ipv4" | "ipv6" = "ipv4", ...options: string[]) =>
  withoutComments(namespace.run(`${TOOL[family]}-save`, options));
let others: NfTables;
beforeAll(() => {
  others = new NfTables(namespace);
});
const handles = async () => (await others.rules()).map(({ handle }) => handle);
beforeEach(() => others.flush());

/** What needs a set or an interface, what no file can hold as it is printed, and where the two programs differ. */
const APART =
  /-m set|-j SET|cgroup|dummy0|-i eth 0|! -i \+|--helper|--timeout|-j QUEUE|! -s (?:0\.0\.0\.0\/0|::\/0)|mptcp|--nflog-(?:prefix p{64}|range)|! -p tcp -m tcp|recent --(?:set|update|rcheck|remove).*--name a b|--limit 1\/day|0b\/s|hashlimit-name a b|-m osf|monthdays {2}/;
/** Extensions that need nothing beside them, and that no file changes. */
const TRIED = new Set(
  "addrtype comment connmark conntrack hashlimit hl icmp icmp6 iprange limit mac mark multiport owner physdev pkttype recent socket state statistic string tcp tcpmss time tos ttl udp ACCEPT CONNMARK CT DNAT DROP LOG MARK MASQUERADE NFQUEUE NOTRACK REDIRECT REJECT RETURN SNAT TCPMSS TEE TOS TRACE UC".split(
    " ",
  ),
);
/** By the words that are printed: they name what the words that were typed only imply. */
const isApart = (saved: string): boolean =>
  APART.test(saved) || [...saved.matchAll(/ -[mjg] (\S+)/g)].some(([, name = ""]) => !TRIED.has(name));

/** Rules of those extensions, as legacy prints them, by table. */
function mixedRules(family: "ipv4" | "ipv6"): Map<string, string[]> {
  const byTable = new Map<string, string[]>();
  for (const vector of readVectors()) {
    if (familyOf(vector) !== family || vector.saved === undefined || vector.refused) continue;
    if (isApart(vector.saved)) continue;
    byTable.set(vector.table, [...(byTable.get(vector.table) ?? []), vector.saved]);
  }
  return byTable;
}
const file = (rules: Map<string, string[]>) =>
  [...rules].map(([table, lines]) => `*${table}\n:UC - [0:0]\n${lines.join("\n")}\nCOMMIT\n`).join("");
const rulesIn = (text: string) => text.split("\n").filter((line) => line.startsWith("-A"));

describe.each(FAMILIES)("both ways with iptables-nft, %s", (family) => {
  it("what Rampart writes, iptables-nft-save prints as iptables-legacy-save would", async () => {
    const rules = mixedRules(family);
    await using firewall = await open(family);
    await firewall.restore(file(rules));
    const theirs = rulesIn(saved(family));
    expect(theirs.toSorted()).toEqual([...rules.values()].flat().toSorted());
    expect(theirs.length).toBeGreaterThan(300);
    expect(rulesIn(await firewall.save()).toSorted()).toEqual(theirs.toSorted());
  });
  it("what iptables-nft writes, Rampart prints as iptables-nft-save does", async () => {
    const rules = new Map<string, string[]>();
    for (const vector of readNftVectors())
      if (familyOfNft(vector) === family && !isApart(vector.saved))
        rules.set(vector.table, [...(rules.get(vector.table) ?? []), vector.saved]);
    namespace.run(`${TOOL[family]}-restore`, [], file(rules));
    await using firewall = await open(family);
    expect(withoutComments(await firewall.save({ counters: true }))).toBe(saved(family, "-c"));
  });
  it("iptables-nft finds and deletes what Rampart wrote, but for the two matches of a kind that it makes one of", async () => {
    const lines = mixedRules(family)
      .get("filter")!
      .filter((line, i) => i % 5 === 0 && !/["\\$`*?(]|-m tcp .*-m tcp/.test(line));
    await using firewall = await open(family);
    await firewall.restore(file(new Map([["filter", lines]])));
    const words = (command: string, line: string) => [
      "-c",
      `${TOOL[family]} ${line.replace(/^-A/, command)}`,
    ];
    const missed = lines.filter((line) => namespace.try("sh", words("-C", line)).status !== 0);
    expect(missed).toEqual([]);
    for (const line of lines) namespace.run("sh", words("-D", line));
    expect(rulesIn(saved(family))).toEqual([]);
  });
});

describe("an edit", () => {
  const three =
    "*filter\n:a - [0:0]\n[1:2] -A INPUT -s 192.0.2.1/32 -j a\n[3:4] -A INPUT -s 192.0.2.2/32 -j DROP\n[5:6] -A INPUT -s 192.0.2.3/32 -j DROP\nCOMMIT\n";
  const edit = async (change: (filter: Table) => Table) => {
    await using firewall = await open();
    await firewall.restore(three, { counters: true });
    const before = await handles();
    await firewall.transaction("filter", change);
    return {
      before,
      after: await handles(),
      text: rulesIn(saved("ipv4", "-c").replaceAll(/^(\[.*?\]) (-A.*)$/gm, "$2 $1")),
    };
  };
  it("leaves rules around it their handles and counters", async () => {
    const { before, after, text } = await edit((filter) =>
      filter.delete("INPUT", 2).insert("INPUT", 1, parseRule("-s 198.51.100.1 -j ACCEPT")),
    );
    expect(text).toEqual([
      "-A INPUT -s 198.51.100.1/32 -j ACCEPT [0:0]",
      "-A INPUT -s 192.0.2.1/32 -j a [1:2]",
      "-A INPUT -s 192.0.2.3/32 -j DROP [5:6]",
    ]);
    expect(after.slice(1)).toEqual([before[0], before[2]]);
  });
  it("renames a chain, its rules and those that lead to it, and new ones at once", async () => {
    const { text } = await edit((filter) =>
      filter.append("a", parseRule("-j RETURN")).renameChain("a", "b").append("OUTPUT", { jump: "b" }),
    );
    expect(text).toEqual([
      "-A INPUT -s 192.0.2.1/32 -j b [1:2]",
      "-A INPUT -s 192.0.2.2/32 -j DROP [3:4]",
      "-A INPUT -s 192.0.2.3/32 -j DROP [5:6]",
      "-A OUTPUT -j b [0:0]",
      "-A b -j RETURN [0:0]",
    ]);
  });
  it("sets counters in place", async () => {
    const { before, after, text } = await edit((filter) => filter.zero("INPUT", 2));
    expect(text[1]).toBe("-A INPUT -s 192.0.2.2/32 -j DROP [0:0]");
    expect(text[2]).toBe("-A INPUT -s 192.0.2.3/32 -j DROP [5:6]");
    expect(after).toEqual(before);
  });
  it("of several tables is one transaction", async () => {
    await using firewall = await open();
    const { filter, nat } = await firewall.read();
    const bad = nat.append("PREROUTING", parseRule("-p tcp -m tcp --dport 1 -j MASQUERADE"));
    const error = await firewall
      .write([filter.append("INPUT", { jump: "DROP" }), bad])
      .catch((e: unknown) => e);
    expect(isRampartError(error, "kernel") && error.context).toMatchObject({
      table: "nat",
      chain: "PREROUTING",
      ruleNumber: 1,
      rule: "-A PREROUTING -p tcp -m tcp --dport 1 -j MASQUERADE",
      errorName: "EINVAL",
      problem: expect.stringContaining("target MASQUERADE refuses"),
      applied: false,
    });
    expect(saved()).toBe("");
  });
  it("that makes a loop is refused with the rule that closes it", async () => {
    await using firewall = await open();
    const filter = await firewall.read("filter");
    const loop = filter.newChain("x").newChain("y").append("INPUT", { jump: "x" });
    const error = await firewall
      .write(loop.append("x", { jump: "y" }).append("y", { jump: "x" }))
      .catch((e: unknown) => e);
    expect(isRampartError(error, "kernel") && error.context.errorName).toBe("EMLINK");
    expect(saved()).toBe("");
  });
  it("names the match that the kernel does not have", async () => {
    await using firewall = await open();
    const rule = JSON.parse(
      '{ "matches": [{ "name": "rampart", "options": {}, "opaque": { "revision": 0, "data": "0000000000000000" } }] }',
    ) as Rule;
    const filter = await firewall.read("filter");
    const error = await firewall
      .write(filter.append("INPUT", parseRule("-p tcp"), rule))
      .catch((e: unknown) => e);
    expect(isRampartError(error, "kernel") && error.context).toMatchObject({
      chain: "INPUT",
      ruleNumber: 2,
      errorName: "ENOENT",
      problem: "the kernel has no match rampart (is its module loaded?)",
    });
    expect(saved()).toBe("");
  });
  it("is tried by the kernel itself, and leaves no trace", async () => {
    await using firewall = await open();
    const good = "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n",
      bad = "*nat\n-A PREROUTING -j MASQUERADE\nCOMMIT\n";
    await firewall.restore(good, { test: true });
    await expect(firewall.restore(bad, { test: true })).rejects.toMatchObject({ code: "kernel" });
    expect(await others.tables()).toEqual([]);
  });
});

describe("what other programs have in these tables", () => {
  beforeEach(async () => {
    iptables("-A INPUT -s 192.0.2.1 -j DROP");
    await others.rule("filter", "INPUT");
    iptables("-A INPUT -s 192.0.2.2 -j DROP");
    await others.chain("filter", "own", "filter", 1, 7);
    await others.rule("filter", "own");
  });
  /** Theirs are told by the CPU that they name. */
  const foreign = async () => (await others.rules()).filter(({ bytes }) => bytes.includes("4d000000"));

  it("is shown as bytes in its place, and survives edits around it", async () => {
    await using firewall = await open();
    const before = await foreign(),
      filter = await firewall.read("filter");
    expect(filter.chains).toEqual(["INPUT", "FORWARD", "OUTPUT"]);
    expect([...filter.rules("INPUT")].map(({ matches }) => matches?.[0]?.name)).toEqual([
      undefined,
      "nf_tables",
      undefined,
    ]);
    await firewall.write(
      filter.delete("INPUT", 3).insert("INPUT", 2, { jump: "ACCEPT" }).append("INPUT", { jump: "DROP" }),
    );
    expect(await foreign()).toEqual(before);
    expect(before).toHaveLength(2);
    expect((await firewall.read("filter")).rules("INPUT")).toHaveLength(4);
  });
  it.each([
    ["a deletion", (t: Table) => t.delete("INPUT", 2)],
    ["a flush", (t: Table) => t.flush()],
    ["zeroed counters", (t: Table) => t.zero()],
  ])("is not lost by %s", async (_, change) => {
    await using firewall = await open();
    const before = await others.rules();
    const error = await firewall.transaction("filter", change).catch((e: unknown) => e);
    expect(isRampartError(error, "foreign") && error.context).toMatchObject({
      chain: "INPUT",
      ruleNumber: 2,
      problem: expect.stringContaining("nft delete rule ip filter INPUT handle"),
    });
    expect(await others.rules()).toEqual(before);
  });
  it("is not lost by a restore", async () => {
    await using firewall = await open();
    const before = await others.rules();
    await expect(firewall.restore("*filter\n-A INPUT -j DROP\nCOMMIT\n")).rejects.toMatchObject({
      code: "foreign",
    });
    expect(await others.rules()).toEqual(before);
  });
  it("without rules of its own among iptables', a restore keeps it", async () => {
    await using firewall = await open();
    await others.flush();
    iptables("-A INPUT -j DROP");
    await others.chain("filter", "own", "filter", 1, 7);
    await others.rule("filter", "own");
    const before = await foreign();
    await firewall.restore("*filter\n:INPUT DROP\n-A INPUT -j ACCEPT\nCOMMIT\n");
    expect(await foreign()).toEqual(before);
    expect((await firewall.read("filter")).rules("INPUT")).toHaveLength(1);
  });
  it("is not lost by a restore over Rampart's own rules either, whenever it came", async () => {
    await others.flush();
    await using firewall = await open();
    const text = (address: string) => `*filter\n:a - [0:0]\n-A INPUT -s ${address} -j a\nCOMMIT\n`;
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) await firewall.restore(text(address));
    expect(rulesIn(saved())).toEqual(["-A INPUT -s 192.0.2.3/32 -j a"]);
    await firewall.transaction("nat", (t) => t.append("POSTROUTING", parseRule("-j MASQUERADE")));
    await firewall.restore(text("192.0.2.4"));
    await others.rule("filter", "a");
    await expect(firewall.restore(text("192.0.2.5"))).rejects.toMatchObject({ code: "foreign" });
    expect(rulesIn(await firewall.save({ tables: ["nat"] }))).toEqual(["-A POSTROUTING -j MASQUERADE"]);
    expect((await foreign()).length).toBe(1);
  });
  it("a built-in chain that is not iptables' is not taken for it", async () => {
    await others.table("nat");
    await others.chain("nat", "OUTPUT", "nat", 3, -99);
    await using firewall = await open();
    await expect(firewall.read("nat")).rejects.toMatchObject({
      code: "foreign",
      context: { chain: "OUTPUT" },
    });
  });
});

describe("at the same time as iptables-nft", () => {
  it("nothing is lost", async () => {
    await using firewall = await open();
    const theirs = `for i in $(seq 1 60); do iptables-nft -A INPUT -s 192.0.2.$i -j DROP || exit 1; done`;
    const { spawn } = await import("node:child_process");
    const [first = "", ...rest] = [...namespace.enter, "sh", "-c", theirs];
    const child = spawn(first, rest, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("close", resolve));
    for (let i = 1; i <= 60; i++)
      await firewall.transaction("filter", (t) => t.append("INPUT", parseRule(`-s 198.51.100.${i} -j DROP`)));
    expect(await ended).toBe(0);
    const sources = [...(await firewall.read("filter")).rules("INPUT")].map(({ source }) => source);
    expect(new Set(sources).size).toBe(120);
  });
  it("a table that they changed is a conflict; another one is none", async () => {
    await using firewall = await open();
    const { filter, nat } = await firewall.read();
    iptables("-A INPUT -j ACCEPT");
    await expect(firewall.write(filter.append("INPUT", { jump: "DROP" }))).rejects.toMatchObject({
      code: "conflict",
    });
    await firewall.write(nat.append("POSTROUTING", parseRule("-j MASQUERADE")));
    expect(rulesIn(saved())).toEqual(["-A INPUT -j ACCEPT", "-A POSTROUTING -j MASQUERADE"]);
  });
});

it("a file may hold a table twice: the second replaces the first", async () => {
  await using firewall = await open();
  const once = (address: string) => `*filter\n:a - [0:0]\n-A a -s ${address} -j DROP\nCOMMIT\n`;
  await firewall.restore(once("192.0.2.1") + once("192.0.2.2"));
  expect(rulesIn(saved())).toEqual(["-A a -s 192.0.2.2/32 -j DROP"]);
});
it("a table of one namespace is no base for another's, whatever their generations", async () => {
  const elsewhere = new Namespace();
  try {
    await elsewhere.ready();
    await using here = await open();
    await using there = await elsewhere.open({ backend: "nft" });
    await there.restore("*filter\n-A INPUT -j DROP\nCOMMIT\n");
    const theirs = await there.read("filter");
    iptables("-A INPUT -j ACCEPT");
    await expect(here.write(theirs.append("INPUT", { jump: "DROP" }))).rejects.toMatchObject({
      code: "conflict",
    });
    expect(rulesIn(saved())).toEqual(["-A INPUT -j ACCEPT"]);
  } finally {
    elsewhere.close();
  }
});
it("sets go by their names", async () => {
  if (namespace.try("ipset", ["create", "blue", "hash:ip"]).status !== 0) return;
  await using firewall = await open();
  await firewall.restore("*filter\n-A INPUT -m set --match-set blue src -j DROP\nCOMMIT\n");
  await firewall.transaction("filter", (t) =>
    t.append("INPUT", parseRule("-m set ! --match-set blue dst -j ACCEPT")),
  );
  const lines = [
    "-A INPUT -m set --match-set blue src -j DROP",
    "-A INPUT -m set ! --match-set blue dst -j ACCEPT",
  ];
  expect(rulesIn(saved())).toEqual(lines);
  expect(rulesIn(await firewall.save())).toEqual(lines);
});

describe("the command line", () => {
  const rampart = (words: string, input = "") =>
    namespace.run(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...words.split(" ")], input);
  it("works on these tables with --backend nft, and only then", () => {
    rampart("--backend nft -A INPUT -p tcp --dport 22 -j ACCEPT");
    expect(rulesIn(saved())).toEqual(["-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"]);
    expect(rampart("-S INPUT --backend=nft")).toBe(
      "-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n",
    );
    expect(rampart("-S INPUT")).toBe("-P INPUT ACCEPT\n");
    const text = rampart("save --backend nft -c");
    rampart("-F --backend nft");
    rampart("restore --backend nft -c", text);
    expect(withoutComments(text)).toBe(saved("ipv4", "-c"));
    const { status, stderr } = namespace.try(process.execPath, [
      "--import",
      "tsx",
      "src/cli/main.ts",
      "-S",
      "--backend",
      "ntf",
    ]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('"ntf" is no backend')]);
  }, 60_000);
});
