import { beforeEach, describe, expect, it } from "vitest";
import { isRampartError, open, type RampartError, tcp } from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
const held = () => withoutComments(namespace.run("iptables-legacy-save", ["-t", "filter"]));
const refusal = async (work: Promise<unknown> | (() => unknown)): Promise<RampartError> => {
  const error = await Promise.resolve(typeof work === "function" ? work() : work).catch((e: unknown) => e);
  if (!isRampartError(error)) throw error ?? new Error("nothing was thrown");
  return error;
};
beforeEach(() => {
  namespace.run("iptables-legacy-restore", [], "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
});

describe("a refusal of the kernel", () => {
  it("names the rule where only one can be meant", async () => {
    await using firewall = await namespace.open();
    await firewall.transaction("filter", (filter) => filter.append("INPUT", { jump: "ACCEPT" }));
    const wrong = { matches: [tcp({ dport: 22 })], jump: "DROP" };
    const error = await refusal(firewall.transaction("filter", (filter) => filter.append("INPUT", wrong)));
    expect(error).toMatchObject({
      code: "kernel",
      context: {
        errorName: "EINVAL",
        chain: "INPUT",
        ruleNumber: 2,
        rule: "-A INPUT -m tcp --dport 22 -j DROP",
      },
    });
  });
  it("names it among several, too: they are tried elsewhere", async () => {
    await using firewall = await namespace.open();
    const wrong = { matches: [tcp({ dport: 22 })], jump: "DROP" };
    const error = await refusal(
      firewall.transaction("filter", (filter) => filter.append("INPUT", { jump: "ACCEPT" }, wrong)),
    );
    expect(error).toMatchObject({ code: "kernel", context: { chain: "INPUT", ruleNumber: 2 } });
  });
});

describe("what the rule values of JSON may get wrong", () => {
  const rule = (matches: unknown, more = {}) =>
    JSON.parse(JSON.stringify({ matches, jump: "DROP", ...more }));
  it.each([
    ["an option", rule([{ name: "tcp", options: { dprot: 22 } }]), "invalid-rule"],
    ["a value", rule([{ name: "tcp", options: { dport: 70000 } }]), "invalid-rule"],
    ["a match", rule([{ name: "tpc", options: {} }]), "unknown-extension"],
    ["a set", rule([{ name: "set", options: { matchSet: { set: "no", by: ["src"] } } }]), "no-such-set"],
    ["a field", rule([], { sourse: "192.0.2.1" }), "invalid-rule"],
  ])("%s is refused with its place", async (_, wrong, code) => {
    await using firewall = await namespace.open();
    const before = held();
    const error = await refusal(
      firewall.transaction("filter", (filter) => filter.append("INPUT", { jump: "ACCEPT" }, wrong)),
    );
    expect(error).toMatchObject({ code, context: { table: "filter", chain: "INPUT", ruleNumber: 2 } });
    expect(held()).toBe(before);
  });
});

describe("bytes that no text stands for", () => {
  const bytes = (text: string) => text.replaceAll("%", () => "$'\\xe9'");
  const iptables = (words: string) => namespace.run("bash", ["-c", `iptables-legacy ${bytes(words)}`]);
  it("in a chain's name: the table is refused, as two such names would become one", async () => {
    iptables("-N ch%");
    await using firewall = await namespace.open();
    expect(await refusal(firewall.save())).toMatchObject({ code: "chain-name" });
    // What replaces the table does not have to understand it.
    await firewall.restore("*filter\nCOMMIT\n");
    expect(await firewall.save()).toContain("*filter");
  });
  it("in a rule: its place is named, and edits around it keep it", async () => {
    iptables("-A INPUT -j ACCEPT");
    iptables("-A INPUT -i if% -j DROP");
    await using firewall = await namespace.open();
    expect(await refusal(firewall.save())).toMatchObject({
      code: "invalid-rule",
      context: { chain: "INPUT", ruleNumber: 2 },
    });
    await firewall.transaction("filter", (filter) => filter.delete("INPUT", 1));
    expect(namespace.run("bash", ["-c", "iptables-legacy -S INPUT | od -c | grep -c 351"])).toBe("1\n");
  });
});

describe("a firewall", () => {
  it("that was closed says so, and does not turn to another namespace", async () => {
    const firewall = await namespace.open();
    firewall.close();
    for (const work of [
      () => firewall.read("filter"),
      () => firewall.read(),
      () => firewall.tables(),
      () => firewall.save(),
      () => firewall.restore("*filter\nCOMMIT\n"),
      () => firewall.transaction("filter", (filter) => filter.flush()),
    ])
      expect((await refusal(work)).code).toBe("closed");
  });
  it("is not opened for a family or a backend that there is none of", async () => {
    expect((await refusal(open({ family: "ipv5" as "ipv4" }))).message).toContain('no family "ipv5"');
    expect((await refusal(open({ backend: "nftables" as "legacy" }))).message).toContain(
      'no backend "nftables"',
    );
  });
});
