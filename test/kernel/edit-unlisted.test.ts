import { afterEach, expect, it, vi } from "vitest";
import { type Edit, type Firewall, isRampartError, masquerade, type Table } from "../../src/index.js";
import { netlinkAddon } from "../../src/native.js";
import { type Namespace, useFreshNamespaces, withoutComments } from "./namespace.js";

let namespace: Namespace;
useFreshNamespaces((made) => {
  namespace = made;
});
afterEach(() => {
  vi.restoreAllMocks();
});
const RULES = 2_000,
  ON_DEMAND = { rules: "on-demand" } as const;
function fill(): void {
  const rules = Array.from(
      { length: RULES },
      (_, i) => `[${i + 1}:9] -A long -s 10.0.${i >> 8}.${i & 255} -j DROP`,
    ),
    text = ["*filter", ":long - [0:0]", ...rules, "COMMIT", ""].join("\n");
  namespace.run("iptables-nft-restore", ["-c"], text);
}
const open = (): Promise<Firewall> => namespace.open({ backend: "nft", protect: false });
const saved = (): string => withoutComments(namespace.run("iptables-nft-save", ["-c", "-t", "filter"]));
/** How much the kernel has said since, in the longest of its answers: of so many rules it is some hundred thousand bytes. */
function longestAnswer(): () => number {
  const addon = netlinkAddon(),
    transact = addon.transact.bind(addon);
  let longest = 0;
  vi.spyOn(addon, "transact").mockImplementation(async (...request) => {
    const reply = await transact(...request);
    longest = Math.max(longest, reply.byteLength);
    return reply;
  });
  return () => longest;
}

it("appending, new chains and policies list no rule, and leave those that are there as they are", async () => {
  fill();
  const before = saved(),
    longest = longestAnswer();
  await using firewall = await open();
  const edit: Edit<Table> = (table) =>
    table
      .newChain("mine")
      .append("long", { jump: "mine" }, { source: "192.0.2.1/32", jump: "DROP" })
      .append("mine", { jump: "RETURN" })
      .policy("FORWARD", "DROP");
  await firewall.transaction("filter", edit, ON_DEMAND);
  expect(longest()).toBeLessThan(4_096);
  expect(saved()).toBe(
    before
      .replace(":FORWARD ACCEPT", ":FORWARD DROP")
      .replace(":long - [0:0]\n", ":long - [0:0]\n:mine - [0:0]\n")
      .replace(
        "COMMIT\n",
        `${["-A long -j mine", "-A long -s 192.0.2.1/32 -j DROP", "-A mine -j RETURN"].map((rule) => `[0:0] ${rule}\n`).join("")}COMMIT\n`,
      ),
  );
  expect((await firewall.read("filter")).rules("long").length).toBe(RULES + 2);
  expect(longest()).toBeGreaterThan(100 * RULES);
});

it("an edit that looks at rules is called again with them, even if it caught what it was told", async () => {
  fill();
  await using firewall = await open();
  const looks: readonly ((table: Table) => unknown)[] = [
    (table) => table.rules("long").length,
    (table) => [...table.rules("long")],
    (table) => table.check("long", { jump: "ACCEPT" }),
    (table) => table.references("long"),
    (table) => JSON.stringify(table),
  ];
  for (const [i, look] of looks.entries()) {
    let calls = 0;
    const edit: Edit<Table> = (table) => {
      calls++;
      try {
        look(table);
      } catch {
        return table.flush("long");
      }
      return table.append("long", { source: `192.0.2.${i}`, jump: "ACCEPT" });
    };
    await firewall.transaction("filter", edit, ON_DEMAND);
    expect(calls).toBe(2);
  }
  const edits: readonly Edit<Table>[] = [
    (table) => table.delete("long", 1),
    (table) => table.insert("long", 1, { jump: "RETURN" }),
    (table) => table.zero("long", 2),
    (table) => table.newChain("old").renameChain("old", "new"),
    (table) => table.deleteChain("new"),
  ];
  for (const edit of edits) await firewall.transaction("filter", edit, ON_DEMAND);
  const after = await firewall.read("filter");
  expect(after.rules("long").length).toBe(RULES + looks.length);
  expect(after.rules("long").at(1)?.counters).toEqual({ packets: 0, bytes: 0 });
  await firewall.transaction("filter", (table) => table.flush("long"), ON_DEMAND);
  expect((await firewall.read("filter")).rules("long").length).toBe(0);
});

it("errors are those of an edit of the whole table", async () => {
  fill();
  await using firewall = await open();
  const before = saved();
  const wrong: readonly Edit<Table>[] = [
    (table) => table.append("nowhere", { jump: "DROP" }),
    (table) => table.append("long", { jump: "nowhere" }),
    (table) => table.append("long", { jump: "ACCEPT" }, { source: "192.0.2.1/33", jump: "DROP" }),
    // Of the nat table, which only the kernel says.
    (table) => table.append("long", { jump: "ACCEPT" }, { jump: masquerade() }),
    (table) => table.append("INPUT", { jump: "long" }).append("long", { jump: "ACCEPT" }, { jump: "long" }),
    () => {
      throw new RangeError("mine");
    },
  ];
  for (const edit of wrong) {
    const failure = async (options?: typeof ON_DEMAND) => {
      const error: unknown = await firewall
        .transaction("filter", edit, options)
        .catch((reason: unknown) => reason);
      return isRampartError(error) ? { message: error.message, context: error.context } : String(error);
    };
    expect(await failure(ON_DEMAND)).toEqual(await failure());
  }
  expect(saved()).toBe(before);
});

it("of those who append at the same time none is lost", async () => {
  fill();
  const firewalls = await Promise.all([open(), open(), open()]);
  const append = (who: number) => async () => {
    for (let i = 0; i < 10; i++)
      await firewalls[who]!.transaction(
        "filter",
        (table) => table.append("long", { source: `192.0.${who}.${i}`, jump: "DROP" }),
        { ...ON_DEMAND, timeout: 60_000 },
      );
  };
  await Promise.all([0, 1, 2].map((who) => append(who)()));
  for (const firewall of firewalls) firewall.close();
  const lines = saved()
    .split("\n")
    .filter((line) => line.includes("-s 192.0."));
  expect(new Set(lines).size).toBe(30);
  expect(lines.length).toBe(30);
});
