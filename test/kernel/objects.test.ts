import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isRampartError, parseRule } from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";
import { timeoutPolicy } from "./timeout-policy.js";

const namespace = useNamespace();
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "written",
    (reason: unknown) => reason,
  );

describe.each(["legacy", "nft"] as const)("what rules of the %s tables refer to", (backend) => {
  const saved = (): string => withoutComments(namespace.run(`iptables-${backend}-save`, ["-t", "filter"]));
  const raw = (): string => withoutComments(namespace.run(`iptables-${backend}-save`, ["-t", "raw"]));
  const written = async (table: "filter" | "raw", words: string): Promise<unknown> => {
    await using firewall = await namespace.open({ backend });
    const chain = table === "raw" ? "PREROUTING" : "OUTPUT";
    return await refusal(
      firewall.transaction(table, (t) => t.append(chain, { jump: "ACCEPT" }, parseRule(words))),
    );
  };

  it("an accounting object", async () => {
    const words = `-m nfacct --nfacct-name  ${backend}1 -j ACCEPT`,
      before = saved();
    const error = await written("filter", words);
    expect(isRampartError(error, "no-such-object") && error.context).toMatchObject({
      kind: "nfacct",
      name: `${backend}1`,
      table: "filter",
      chain: "OUTPUT",
      ruleNumber: 2,
      rule: `-A OUTPUT ${words}`,
      remedy: `create it first: nfacct add ${backend}1`,
    });
    expect(saved()).toBe(before);
    namespace.run("nfacct", ["add", `${backend}1`]);
    expect(await written("filter", words)).toBe("written");
    expect(saved()).toContain(`-A OUTPUT ${words}\n`);
  });
  it("a conntrack timeout policy, and the protocol that it is for", async () => {
    // The kernel gives back four letters of it: a longer name would be another one at the next commit of the legacy table.
    const name = `${backend[0]}1`,
      words = `-j CT --timeout ${name}`;
    expect(await written("raw", words)).toMatchObject({
      code: "invalid-rule",
      message: /must name it: -p tcp/,
    });
    expect(await written("raw", `-p tcp ${words}`)).toMatchObject({
      code: "no-such-object",
      context: { kind: "conntrack timeout", name, chain: "PREROUTING", ruleNumber: 2 },
    });
    await timeoutPolicy(namespace, name);
    expect(await written("raw", `-p tcp ${words}`)).toBe("written");
    expect(raw()).toContain(`-p tcp ${words}\n`);
  });
  it("a conntrack helper", async () => {
    expect(await written("raw", "-p tcp -j CT --helper nosuch")).toMatchObject({
      code: "no-such-object",
      context: { kind: "conntrack helper", name: "nosuch", remedy: /modprobe nfct-helper-nosuch/ },
    });
    expect(await written("raw", "-p tcp -j CT --helper ftp")).toBe("written");
    expect(raw()).toContain("-p tcp -j CT --helper ftp\n");
    // There is one, but for TCP.
    expect(await written("raw", "-p udp -j CT --helper ftp")).toMatchObject({ code: "no-such-object" });
  });
  it("a pinned bpf program", async () => {
    const path = join(namespace.directory, "program");
    expect(await written("filter", `-m bpf --object-pinned ${path}`)).toMatchObject({
      code: "no-such-object",
      context: { kind: "bpf program", name: path },
    });
    writeFileSync(path, "");
    // No file of another file system is one.
    expect(await written("filter", `-m bpf --object-pinned ${path}`)).toMatchObject({
      code: "no-such-object",
    });
  });
  it("a control group", async ({ skip }) => {
    const { status, stdout } = namespace.try("findmnt", ["-n", "-o", "TARGET", "-t", "cgroup2"]);
    if (status !== 0) skip("no cgroup2 is mounted here");
    const name = `rampart-test-${process.pid}`,
      path = join(stdout.split("\n")[0]!, name);
    expect(await written("filter", `-m cgroup --path ${name}`)).toMatchObject({
      code: "no-such-object",
      context: { kind: "cgroup", name },
    });
    mkdirSync(path);
    try {
      expect(await written("filter", `-m cgroup --path ${name}`)).toBe("written");
      expect(saved()).toContain(`-m cgroup --path ${name}\n`);
    } finally {
      rmdirSync(path);
    }
  });
  it("is looked for when a file is loaded, and when it is only tried", async () => {
    await using firewall = await namespace.open({ backend });
    const file = (name: string) =>
      `*filter\n-A INPUT -j ACCEPT\n-A INPUT -m nfacct --nfacct-name ${backend}1\n-A INPUT -m nfacct --nfacct-name ${name}\nCOMMIT\n`;
    const before = saved();
    for (const options of [{}, { test: true }, { noflush: true }])
      expect(await refusal(firewall.restore(file("gone"), options)), JSON.stringify(options)).toMatchObject({
        code: "no-such-object",
        context: { name: "gone", chain: "INPUT" },
      });
    expect(saved()).toBe(before);
    await firewall.restore(file(`${backend}1`));
    expect(saved()).toContain(`--nfacct-name  ${backend}1\n`);
  });
});
