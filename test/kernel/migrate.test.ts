import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import {
  Firewall,
  isRampartError,
  type MigrateOptions,
  type Migration,
  migrate,
  type OpaquePart,
  open,
} from "../../src/index.js";
import type { Result } from "./cli-driver.js";
import { step } from "./cli-steps.js";
import { type Namespace, useFreshNamespaces, withoutComments } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

const RECIPES = readFileSync("examples/server.rules.v4", "utf8");
let namespace: Namespace;
useFreshNamespaces((made) => {
  namespace = made;
});
const run = (words: string) => namespace.line(words);
/** The tables sorted: the two tools list them in orders of their own. Empty ones are none. */
const saved = (tool: string) =>
  withoutComments(run(`${tool}-save -c`))
    .split(/^(?=\*)/m)
    .filter((table) => !/^\*\w+\n(:[A-Z]+ ACCEPT \[\d+:\d+\]\n)*COMMIT\n$/.test(table))
    .sort()
    .join("");
const carry = (options: Partial<MigrateOptions> = {}): Promise<Migration> =>
  migrate({ to: "nft", netns: `pid:${namespace.pid}`, lockPath: namespace.lock, ...options });
const refusal = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(() => undefined).catch((e: unknown) => e);
  if (!isRampartError(error)) throw error ?? new Error("it was not refused");
  return error;
};
const everything = () => ({
  v4: saved("iptables-legacy"),
  v6: saved("ip6tables-legacy"),
  nft4: run("iptables-nft-save").replaceAll(/^#.*\n/gm, ""),
  nft6: run("ip6tables-nft-save").replaceAll(/^#.*\n/gm, ""),
});

function fill() {
  namespace.run("iptables-legacy-restore", [], RECIPES);
  namespace.run(
    "iptables-legacy-restore",
    ["-c", "--noflush"],
    `*nat
:mine - [0:0]
[7:9] -A POSTROUTING -s 10.0.0.0/8 -o eth0 -j MASQUERADE
[1:2] -A PREROUTING -p tcp -m tcp --dport 80 -j mine
-A mine -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:8080
COMMIT
*mangle
:FORWARD DROP [11:13]
[3:4] -A PREROUTING -m mark --mark 0x1/0xff -m comment --comment "two words" -j MARK --set-xmark 0x2/0xff
COMMIT
`,
  );
  run("ip6tables-legacy -P INPUT DROP");
  run("ip6tables-legacy -A INPUT -p ipv6-icmp -j ACCEPT -c 5 6");
}

it("carries all tables of both families, with counters, as both tools print them, and empties the old ones", async () => {
  fill();
  const before = everything();
  const { dryRun, tables } = await carry();
  expect(dryRun).toBe(false);
  expect(tables.map(({ family, table }) => `${family} ${table}`).sort()).toEqual([
    "ipv4 filter",
    "ipv4 mangle",
    "ipv4 nat",
    "ipv6 filter",
  ]);
  expect(saved("iptables-nft")).toBe(before.v4);
  expect(saved("ip6tables-nft")).toBe(before.v6);
  expect(before.v4).toContain("[7:9] -A POSTROUTING");
  expect(before.v4).toContain(":FORWARD DROP [11:13]");
  expect(saved("iptables-legacy")).toBe("");
  expect(saved("ip6tables-legacy")).toBe("");
  await using firewall = await open({ netns: `pid:${namespace.pid}` });
  expect(firewall.backend).toBe("nft");
  expect((await carry()).tables).toEqual([]);
});

it("a dry run asks the kernel and leaves no trace", async () => {
  fill();
  const before = everything();
  const { tables } = await carry({ dryRun: true });
  expect(tables.length).toBe(4);
  expect(everything()).toEqual(before);
  expect(before.nft4).toBe("");
});

it("what iptables-nft holds already is in the way, unless it is the same or another table", async () => {
  fill();
  run("iptables-nft -t raw -A OUTPUT -j ACCEPT");
  run("ip6tables-nft -A INPUT -j DROP");
  const before = everything(),
    error = await refusal(carry());
  expect(error).toMatchObject({ code: "migration", context: { family: "ipv6", table: "filter" } });
  expect(everything()).toEqual(before);
  run("ip6tables-nft -F");
  run("ip6tables-nft -P INPUT DROP");
  run("ip6tables-nft -A INPUT -p ipv6-icmp -j ACCEPT");
  const { tables } = await carry();
  expect(tables.find(({ family }) => family === "ipv6")).toMatchObject({ table: "filter", wasThere: true });
  expect(saved("ip6tables-legacy")).toBe("");
  expect(saved("iptables-nft")).toContain("-A OUTPUT -j ACCEPT");
});

it("a rule of another program in the way is refused by name", async () => {
  run("iptables-legacy -A INPUT -j ACCEPT");
  const others = new NfTables(namespace);
  run("iptables-nft -A INPUT -j ACCEPT");
  run("iptables-nft -F");
  await others.rule("filter", "INPUT");
  expect((await refusal(carry())).code).toBe("migration");
  expect((await others.rules()).length).toBe(1);
  expect(saved("iptables-legacy")).toContain("-A INPUT -j ACCEPT");
});

it("a rule that has no words is refused with its place, and nothing is changed", async () => {
  fill();
  await using firewall = await namespace.open();
  // The kernel matches L2TP sessions; neither iptables nor Rampart has a word for it.
  const l2tp = {
    name: "l2tp",
    options: {},
    opaque: { revision: 0, data: "00000000070000000000020000000000" },
  };
  const rule = { protocol: 115, matches: [l2tp as unknown as OpaquePart], jump: "ACCEPT" } as const;
  await firewall.transaction("filter", (filter) => filter.append("OUTPUT", rule));
  const held = await firewall.read("filter"),
    error = await refusal(carry());
  expect(error).toMatchObject({
    code: "opaque",
    context: { table: "filter", chain: "OUTPUT", name: "l2tp" },
  });
  expect((await firewall.read("filter")).toJSON()).toEqual(held.toJSON());
  expect(run("iptables-nft-save")).toBe("");
});

it("who changes a legacy table while it is carried is noticed, and all is as it was", async () => {
  fill();
  const before = everything();
  // The last moment at which somebody may: after all was carried, before the first legacy table is emptied.
  const real = Firewall.prototype.write;
  let meddled = false;
  const write = vi.spyOn(Firewall.prototype, "write").mockImplementation(async function (
    this: Firewall,
    ...args
  ) {
    if (this.backend === "legacy" && !meddled) {
      meddled = true;
      run("ip6tables-legacy -A OUTPUT -j ACCEPT");
    }
    return real.apply(this, args);
  });
  const error = await refusal(carry());
  write.mockRestore();
  expect(error).toMatchObject({ code: "conflict", context: { family: "ipv6", table: "filter" } });
  run("ip6tables-legacy -D OUTPUT -j ACCEPT");
  expect(everything()).toEqual(before);
  expect(before.nft4).toBe("");
});

it("the command line says what it did", () => {
  fill();
  const lines = ["", "--to nft --dry-run", "--to=nft --json"].map((words) =>
      step("rampart", `migrate ${words}`),
    ),
    driver = ["--import", "tsx", "test/kernel/cli-driver.ts"];
  const [vague, dry, done] = JSON.parse(
    namespace.run(process.execPath, driver, JSON.stringify(lines)),
  ) as Result[];
  expect(vague!.errors).toContain("where to? --to nft");
  expect(dry!.output).toContain("ipv4 nat: 3 rules, 1 chain of its own\n");
  expect(dry!.output).toContain("Nothing was changed.");
  expect(done).toMatchObject({ status: 0, errors: "" });
  expect((JSON.parse(done!.output) as Migration).tables).toHaveLength(4);
  expect(saved("iptables-legacy")).toBe("");
});
