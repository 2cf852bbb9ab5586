import { describe, expect, it } from "vitest";
import { blocklist } from "../../src/index.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
const LIST = Array.from({ length: 1500 }, (_, i) => `10.${i >> 5}.${(i * 7) & 255}.${(i & 31) * 2 + 1}`);

describe.each([
  ["legacy", "iptables-legacy"],
  ["nft", "iptables-nft"],
] as const)("a list as rules: %s", (backend, tool) => {
  it("is whole in one commit, is found, changes little, and goes without a trace", async () => {
    const rules = (): string[] => namespace.run(tool, ["-S"]).split("\n");
    namespace.run(tool, ["-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT"]);
    // Looks like one of its own, but is none: it does not lead there.
    namespace.run(tool, ["-N", "drop-it"]);
    let entries = [...LIST, "2001:db8::/32"];
    const list = blocklist("drop", {
      sources: [{ entries: { [Symbol.iterator]: () => entries[Symbol.iterator]() } }],
      engine: "rules",
      backend,
      safe: false,
      netns: `pid:${namespace.pid}`,
      lockPath: namespace.lock,
    });
    const before = namespace.run("ipset", ["save"]);
    const report = await list.sync();
    expect(report.rules.map(({ family, chain, number }) => [family, chain, number])).toEqual([
      ["ipv4", "INPUT", 1],
      ["ipv6", "INPUT", 1],
    ]);
    expect(rules().filter((rule) => / -j DROP$/.test(rule))).toHaveLength(LIST.length);
    expect(await list.has(LIST[700]!)).toBe(true);
    expect(await list.has("10.0.0.2")).toBe(false);
    expect(await list.sync()).toMatchObject({ by: "nothing", added: 0, removed: 0 });
    entries = LIST.slice(1);
    const changed = await list.sync();
    expect(changed.added).toBeLessThan(60);
    expect(rules().filter((rule) => / -j DROP$/.test(rule))).toHaveLength(LIST.length - 1);
    await list.remove();
    expect(rules().filter((rule) => /drop|DROP/.test(rule))).toEqual(["-N drop-it"]);
    expect(namespace.run("ipset", ["save"])).toBe(before);
    namespace.run(tool, ["-N", "drop-0"]);
    await expect(list.sync()).rejects.toThrow(/chain drop-0 is in the way/);
    namespace.run(tool, ["-F"]);
    namespace.run(tool, ["-X"]);
  });
});
