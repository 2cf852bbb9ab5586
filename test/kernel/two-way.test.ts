import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import {
  allow,
  applyService,
  block,
  blockOutgoing,
  type Counters,
  dropInvalid,
  type Edit,
  emptyTable,
  established,
  type Family,
  forward,
  isRampartError,
  loopback,
  parseRule,
  SERVICES,
  type Service,
  type ServiceName,
  TABLE_NAMES,
  type Table,
} from "../../src/index.js";
import { extensionsIn } from "../vectors/conformance.js";
import { familyOf, readVectors, USER_CHAIN } from "../vectors/iptables.js";
import { NAMES } from "../vectors/names.js";
import { asSaved, judgedOtherwise } from "./judge.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
const tool = { ipv4: "iptables-legacy", ipv6: "ip6tables-legacy" } as const;
const judged = (family: Family): string =>
  asSaved(withoutComments(namespace.run(`${tool[family]}-save`, ["-c"])));
const load = (family: Family, text: string) => namespace.run(`${tool[family]}-restore`, ["-c"], text);
const FAMILIES = ["ipv4", "ipv6"] as const;

beforeEach(() => {
  const empty = TABLE_NAMES.map((table) => `*${table}\nCOMMIT\n`).join("");
  for (const family of FAMILIES) load(family, empty);
});

/** What the kernel holds, by Rampart and by iptables. */
async function agree(family: Family): Promise<string> {
  await using firewall = await namespace.open({ family });
  const ours = withoutComments(await firewall.save({ counters: true }));
  expect(ours).toBe(judged(family));
  return ours;
}

/** Whether a rules file can hold the rule as iptables-save prints it: some names and empty words cannot be read back. */
function readable(saved: string, family: Family): boolean {
  try {
    parseRule(saved.replace(/^-A \S+ ?/, ""), { family, names: NAMES, chains: [USER_CHAIN] });
    return true;
  } catch (error) {
    if (isRampartError(error)) return false;
    throw error;
  }
}
/** Rules that need a set, an interface or another object of the kernel; or are read back as others, as `--name a b` is. */
const LEFT_OUT =
  /0b\/s|name a b|label a b|genre Mac|dummy0|--helper|--timeout [a-z]|-m (set|nfacct|rateest|bpf --object)|-j SET|cgroup|nodemask 0x(?!000000[0-2])/;

/** Rules of every declared extension, spread over the tables they came from, with counters. */
function mixedTable(family: Family): string {
  const byTable = new Map<string, string[]>();
  let n = 0;
  for (const vector of readVectors()) {
    const { saved, table, refused } = vector;
    if (familyOf(vector) !== family || saved === undefined || refused) continue;
    if (LEFT_OUT.test(saved) || judgedOtherwise(saved) || !readable(saved, family)) continue;
    if (extensionsIn(vector).missing.length > 0) continue;
    if (!byTable.has(table)) byTable.set(table, []);
    byTable.get(table)!.push(`[${n}:${n++ * 977}] ${saved}`);
  }
  return [...byTable]
    .map(([table, rules]) => `*${table}\n:UC - [0:0]\n${rules.join("\n")}\nCOMMIT\n`)
    .join("");
}

describe("what iptables-restore loads, Rampart reads and prints as iptables-save does", () => {
  it.each(FAMILIES)("a table of everything, %s", async (family) => {
    load(family, mixedTable(family));
    expect((await agree(family)).split("\n").length).toBeGreaterThan(300);
  });

  it("the server's rules", async () => {
    load("ipv4", readFileSync("examples/server.rules.v4", "utf8"));
    await agree("ipv4");
  });
});

describe("what Rampart restores, iptables-save prints", () => {
  it.each(FAMILIES)("a table of everything, %s", async (family) => {
    const text = mixedTable(family);
    load(family, text);
    const wanted = judged(family);
    load(family, TABLE_NAMES.map((table) => `*${table}\nCOMMIT\n`).join(""));
    await using firewall = await namespace.open({ family });
    await firewall.restore(text, { counters: true });
    expect(await agree(family)).toBe(wanted);
  });

  it("without counters they are zero", async () => {
    await using firewall = await namespace.open();
    await firewall.restore("*filter\n:INPUT DROP [5:6]\n[7:8] -A INPUT -j ACCEPT\nCOMMIT\n");
    expect(await agree("ipv4")).toContain(":INPUT DROP [0:0]\n");
    expect(await agree("ipv4")).toContain("[0:0] -A INPUT -j ACCEPT\n");
  });
});

const from = "203.0.113.0/24";
const recipes: Record<string, Service> = {
  loopback: loopback(),
  established: established(),
  dropInvalid: dropInvalid(),
  block: block("203.0.113.51"),
  reject: block("203.0.113.52", { reject: true, interface: "eth0" }),
  forward: forward("eth1", "eth0"),
  blockOutgoing: blockOutgoing("smtp"),
  ...Object.fromEntries(
    Object.keys(SERVICES).flatMap((name) => [
      [name, allow(name as ServiceName)],
      [`${name} from a subnet`, allow(name as ServiceName, { from })],
      [`${name} by an interface`, allow(name as ServiceName, { interface: "eth1" })],
    ]),
  ),
};
it.each(Object.entries(recipes))("the recipe %s: both tools say the same of it", async (_, service) => {
  await using firewall = await namespace.open();
  await firewall.transaction("filter", (filter) => applyService(filter, service).table);
  const once = await agree("ipv4");
  expect(once.match(/^\[0:0\] -A/gm)?.length).toBeGreaterThan(0);
  await firewall.transaction("filter", (filter) => applyService(filter, service).table);
  expect(await agree("ipv4")).toBe(once);
});

describe("edits", () => {
  const rule = (n: number, counters?: Counters) => ({
    ...parseRule(`-s 10.0.0.${n} -j ACCEPT`),
    ...(counters && { counters }),
  });
  const sources = (save: string) =>
    [...save.matchAll(/-A INPUT -s 10\.0\.0\.(\d+)/g)].map(([, n]) => Number(n));

  it("each one does in the kernel what it says", async () => {
    await using firewall = await namespace.open();
    const edit = (change: Edit<Table>) => firewall.transaction("filter", change);
    await edit((t) => t.append("INPUT", rule(1), rule(2), rule(3)));
    expect(sources(await agree("ipv4"))).toEqual([1, 2, 3]);
    await edit((t) => t.insert("INPUT", 2, rule(4), rule(5)));
    expect(sources(await agree("ipv4"))).toEqual([1, 4, 5, 2, 3]);
    await edit((t) => t.replace("INPUT", 1, rule(6)));
    expect(sources(await agree("ipv4"))).toEqual([6, 4, 5, 2, 3]);
    await edit((t) => t.delete("INPUT", 3).delete("INPUT", rule(2)));
    expect(sources(await agree("ipv4"))).toEqual([6, 4, 3]);
    const filter = await firewall.read("filter");
    expect([filter.check("INPUT", rule(4)), filter.check("INPUT", rule(5))]).toEqual([true, false]);
    await edit((t) =>
      t.newChain("one").append("one", rule(7)).append("INPUT", { jump: "one" }).policy("FORWARD", "DROP"),
    );
    expect(await agree("ipv4")).toContain("-A INPUT -j one\n");
    await edit((t) => t.renameChain("one", "two"));
    expect(await agree("ipv4")).toContain("-A INPUT -j two\n");
    await edit((t) => t.flush("two").delete("INPUT", { jump: "two" }).deleteChain("two"));
    expect(await agree("ipv4")).not.toContain("two");
    await edit((t) => t.flush());
    expect(sources(await agree("ipv4"))).toEqual([]);
    expect(await agree("ipv4")).toContain(":FORWARD DROP [");
  });

  it("keep the counters of the rules they leave alone, and zero or set the others", async () => {
    await using firewall = await namespace.open();
    const edit = (change: Edit<Table>) => firewall.transaction("filter", change);
    await edit((t) => t.append("INPUT", ...[1, 2, 3].map((n) => rule(n, { packets: n, bytes: n * 100 }))));
    await edit((t) => t.insert("INPUT", 2, rule(9)).delete("INPUT", rule(3)));
    expect((await agree("ipv4")).match(/^\[\d+:\d+\] -A/gm)).toEqual([
      "[1:100] -A",
      "[0:0] -A",
      "[2:200] -A",
    ]);
    await edit((t) => t.zero("INPUT", 1));
    expect((await agree("ipv4")).match(/^\[\d+:\d+\] -A/gm)).toEqual(["[0:0] -A", "[0:0] -A", "[2:200] -A"]);
    await edit((t) => t.policy("INPUT", "DROP", { packets: 5, bytes: 6 }));
    expect(await agree("ipv4")).toContain(":INPUT DROP [5:6]\n");
    await edit((t) => t.policy("INPUT", "ACCEPT").zero());
    expect((await agree("ipv4")).match(/\[\d+:\d+\]/g)?.every((one) => one === "[0:0]")).toBe(true);
  });

  it("counters beyond 2^53 stay exact", async () => {
    await using firewall = await namespace.open();
    const counters: Counters = { packets: "18446744073709551615", bytes: "9007199254740993" };
    await firewall.transaction("filter", (t) => t.append("INPUT", rule(1, counters)));
    expect(await agree("ipv4")).toContain("[18446744073709551615:9007199254740993] -A INPUT");
    expect((await firewall.read("filter")).rules("INPUT").at(0)?.counters).toEqual(counters);
  });

  it.each(FAMILIES)("all five tables, %s", async (family) => {
    await using firewall = await namespace.open({ family });
    const tables = TABLE_NAMES.map((name) => emptyTable(family, name).append("OUTPUT", { jump: "ACCEPT" }));
    await firewall.write(tables);
    expect((await agree(family)).match(/-A OUTPUT -j ACCEPT/g)).toHaveLength(5);
  });
});
