import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import {
  emptyTable,
  type Firewall,
  isRampartError,
  log,
  open,
  parseRule,
  reject,
  type Table,
  tcp,
} from "../../src/index.js";
import { useNamespace } from "../kernel/namespace.js";

const namespace = useNamespace();
/** One promise, and who keeps it: the kernel's two kinds of tables, and those that stand for them in tests. */
const BACKENDS: Record<string, () => Promise<Firewall>> = {
  memory: () => open({ backend: "memory" }),
  legacy: () => namespace.open(),
  nft: () => namespace.open({ backend: "nft" }),
};
const drop = (n: number) => parseRule(`-s 192.0.2.${n} -j DROP`);
const code = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => "no error").catch((reason: unknown) => reason);
  return isRampartError(error) ? error.code : String(error);
};
beforeEach(() => {
  for (const kind of ["legacy", "nft"]) namespace.run(`iptables-${kind}-restore`, [], "*filter\nCOMMIT\n");
});

describe.each(Object.entries(BACKENDS))("%s", (name, openOne) => {
  it("says what it is", async () => {
    await using firewall = await openOne();
    expect([firewall.backend, firewall.family]).toEqual([name, "ipv4"]);
  });

  it("a table that nobody used reads as its empty default, all five at once too", async () => {
    await using firewall = await openOne();
    const tables = await firewall.read();
    expect(Object.keys(tables)).toEqual(["filter", "nat", "mangle", "raw", "security"]);
    expect(tables.security.toJSON()).toEqual(emptyTable("ipv4", "security").toJSON());
  });

  it("such a table can be written at once, and again", async () => {
    await using firewall = await openOne();
    const security = await firewall.read("security");
    await firewall.write(security.append("INPUT", drop(1)));
    await firewall.write((await firewall.read("security")).flush("INPUT"));
    expect((await firewall.read("security")).rules("INPUT")).toHaveLength(0);
  });

  it("what is written is read back, frozen and safe for JSON", async () => {
    await using firewall = await openOne();
    const rule = {
      source: "10.0.0.0/8",
      protocol: "tcp",
      matches: [tcp({ dport: [80, 90], tcpFlags: { mask: ["SYN"], set: ["SYN"] } })],
      jump: reject({ rejectWith: "tcp-reset" }),
    } as const;
    await firewall.transaction("filter", (filter) =>
      filter
        .newChain("web")
        .append("web", rule)
        .append("INPUT", { goto: "web" })
        .policy("FORWARD", "DROP", { packets: 1, bytes: 2 }),
    );
    const filter = await firewall.read("filter");
    expect(filter.rules("web").at(0)).toMatchObject(rule);
    expect(filter.rules("INPUT").at(0)).toMatchObject({ goto: "web" });
    expect([filter.policyOf("FORWARD"), filter.countersOf("FORWARD")]).toEqual([
      "DROP",
      { packets: 1, bytes: 2 },
    ]);
    expect(filter.references("web")).toBe(1);
    const copy = JSON.parse(JSON.stringify(filter.rules("web").at(0)));
    expect(Object.isFrozen(filter.rules("web").at(0))).toBe(true);
    await firewall.transaction("filter", (t) => t.replace("web", 1, copy));
    expect((await firewall.read("filter")).rules("web").at(0)).toMatchObject(rule);
  });

  it("a table that was read is written only if it is still that table", async () => {
    await using firewall = await openOne();
    const [one, two] = [await firewall.read("filter"), await firewall.read("filter")];
    await firewall.write(one.append("INPUT", drop(1)));
    expect(await code(firewall.write(two.append("INPUT", drop(2))))).toBe("conflict");
    expect((await firewall.read("filter")).rules("INPUT")).toHaveLength(1);
    await firewall.write(emptyTable("ipv4", "filter").append("INPUT", drop(3)));
    expect((await firewall.read("filter")).rules("INPUT").at(0)).toMatchObject({ source: "192.0.2.3/32" });
  });

  it("a rule is found by what it means, before it is written and after", async () => {
    await using firewall = await openOne();
    const short = ["-j REJECT", "-m limit --limit 60/min -j ACCEPT", "-p tcp -j ACCEPT"],
      long = [
        "-j REJECT --reject-with icmp-port-unreachable",
        "-m limit --limit 1/sec --limit-burst 5 -j ACCEPT",
        "-p 6 -j ACCEPT",
      ];
    const next = (await firewall.read("filter")).append("INPUT", ...short.map((rule) => parseRule(rule)));
    const found = (table: Table): number[] => long.map((rule) => table.find("INPUT", parseRule(rule)));
    expect(found(next)).toEqual([1, 2, 3]);
    await firewall.write(next);
    expect(found(await firewall.read("filter"))).toEqual([1, 2, 3]);
    await firewall.write(
      emptyTable("ipv4", "filter").append("INPUT", ...short.map((rule) => parseRule(rule))),
    );
    expect(found(await firewall.read("filter"))).toEqual([1, 2, 3]);
    expect(next.check("INPUT", parseRule("-j REJECT --reject-with icmp-host-unreachable"))).toBe(false);
    expect(next.check("INPUT", parseRule("-m set --match-set none src -j DROP"))).toBe(false);
  });

  it("transactions at the same time all take effect", async () => {
    await using firewall = await openOne();
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        firewall.transaction("filter", (t) => t.append("INPUT", drop(n + 1))),
      ),
    );
    const sources = [...(await firewall.read("filter")).rules("INPUT")].map(({ source }) => source);
    expect(new Set(sources).size).toBe(12);
  });

  it("what no kernel could hold is refused with its place, and nothing is written", async () => {
    await using firewall = await openOne();
    const filter = await firewall.read("filter");
    const cases: readonly Table[] = [
      filter.append("INPUT", drop(1), { jump: "nowhere" }),
      filter.append("INPUT", { source: "10.0.0.300/8" }),
      filter.append("INPUT", { inInterface: "an-interface-too-long" }),
    ];
    for (const table of cases) {
      const error: unknown = await firewall.write(table).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "invalid-rule", context: { chain: "INPUT" } });
    }
    expect((await firewall.read("filter")).rules("INPUT")).toHaveLength(0);
  });

  it("a signal that is aborted already writes nothing", async () => {
    await using firewall = await openOne();
    const next = (await firewall.read("filter")).append("INPUT", drop(1));
    expect(await code(firewall.write(next, { signal: AbortSignal.abort() }))).toBe("aborted");
    expect((await firewall.read("filter")).rules("INPUT")).toHaveLength(0);
  });

  it("restore checks before it touches, and keeps what it is told to keep", async () => {
    await using firewall = await openOne();
    await firewall.restore("*filter\n:INPUT DROP [1:2]\n[3:4] -A INPUT -j ACCEPT\nCOMMIT\n", {
      counters: true,
    });
    expect(await code(firewall.restore("*filter\n-A INPUT -j NOPE\nCOMMIT\n"))).toBe("syntax");
    await firewall.restore("*filter\n-A INPUT -j DROP\nCOMMIT\n", { test: true });
    await firewall.restore("*filter\n-A INPUT -j RETURN\nCOMMIT\n", { noflush: true });
    const text = await firewall.save({ tables: ["filter"], counters: true });
    expect(text).toContain(
      ":INPUT DROP [1:2]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n[3:4] -A INPUT -j ACCEPT\n[0:0] -A INPUT -j RETURN\n",
    );
  });
});

type Step = (table: Table) => Table;
/** Edits that always can be made, whatever the table holds. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.nat(9), fc.nat(3)).map(
    ([n, at]): Step =>
      (t) =>
        t.insert("INPUT", Math.min(at + 1, t.rules("INPUT").length + 1), drop(n)),
  ),
  fc.nat(9).map(
    (n): Step =>
      (t) =>
        t.append("OUTPUT", drop(n), { jump: log({ logPrefix: `p${n}` }) }),
  ),
  fc.nat(5).map(
    (n): Step =>
      (t) =>
        n < t.rules("INPUT").length ? t.delete("INPUT", n + 1) : t,
  ),
  fc.nat(5).map(
    (n): Step =>
      (t) =>
        n < t.rules("INPUT").length ? t.replace("INPUT", n + 1, drop(n + 100)) : t,
  ),
  fc.constantFrom("a", "b").map(
    (name): Step =>
      (t) =>
        t.has(name)
          ? t.flush(name)
          : t.newChain(name).append(name, drop(7)).append("FORWARD", { jump: name }),
  ),
  fc.constant<Step>((t) => (t.has("a") && !t.has("c") ? t.renameChain("a", "c") : t)),
  fc.boolean().map(
    (yes): Step =>
      (t) =>
        t.policy("FORWARD", yes ? "ACCEPT" : "DROP"),
  ),
  fc.constant<Step>((t) => t.flush("OUTPUT")),
);

it("the same edits make the same tables in all", async () => {
  await using memory = await BACKENDS.memory!();
  await using legacy = await BACKENDS.legacy!();
  await using nft = await BACKENDS.nft!();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 5 }), async (commits) => {
      for (const firewall of [memory, legacy, nft]) {
        await firewall.write(emptyTable("ipv4", "filter"));
        for (const steps of commits)
          await firewall.transaction("filter", (t) => steps.reduce((table, one) => one(table), t));
      }
      const filter = { counters: true, tables: ["filter"] } as const;
      const strip = (text: string) => text.replaceAll(/^#.*\n/gm, "");
      const ours = strip(await memory.save(filter));
      expect(strip(await legacy.save(filter))).toBe(ours);
      expect(strip(await nft.save(filter))).toBe(ours);
    }),
    { numRuns: 60 },
  );
});
