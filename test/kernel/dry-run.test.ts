import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Firewall, isRampartError, parseRule, type RampartError } from "../../src/index.js";
import { netlinkAddon, netlinkTransport, type Transport } from "../../src/native.js";
import { NETLINK, NFPROTO, NLM_F } from "../../src/netlink/wire.js";
import { MessageWriter } from "../../src/netlink/writer.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
const BACKENDS = ["legacy", "nft"] as const;
const refusal = async (work: Promise<unknown>): Promise<RampartError<"kernel" | "no-such-object">> => {
  const error = await work.then(
    () => "nothing was refused",
    (reason: unknown) => reason,
  );
  if (isRampartError(error, "kernel") || isRampartError(error, "no-such-object")) return error;
  throw error;
};
const rulesFile = (table: string, ...lines: string[]) => `*${table}\n${lines.join("\n")}\nCOMMIT\n`;

/** What parses and encodes well, and no kernel takes: the table, its lines, and which of them is at fault. */
const REFUSED: readonly (readonly [what: string, table: string, lines: readonly string[], at: number])[] = [
  [
    "a target of another table",
    "filter",
    ["-A INPUT -j ACCEPT", "-A INPUT -j MASQUERADE", "-A INPUT -j DROP"],
    1,
  ],
  ["a target of another hook", "nat", ["-A POSTROUTING -j MASQUERADE", "-A PREROUTING -j MASQUERADE"], 1],
  ["REJECT in mangle", "mangle", ["-A INPUT -s 192.0.2.1 -j MARK --set-mark 1", "-A INPUT -j REJECT"], 1],
  [
    "an accounting object that is not there",
    "filter",
    ["-A INPUT -j ACCEPT", "-A OUTPUT -m nfacct --nfacct-name none"],
    1,
  ],
  [
    "an estimator that is not there",
    "filter",
    ["-A INPUT -m rateest --rateest none --rateest-lt --rateest-bps 8bit"],
    0,
  ],
  [
    "a loop",
    "filter",
    [":a - [0:0]", ":b - [0:0]", "-A INPUT -j a", "-A a -j b", "-A b -j a", "-A b -j DROP"],
    4,
  ],
  [
    "a target whose chain is called from the wrong hook",
    "nat",
    [":a - [0:0]", "-A PREROUTING -j a", "-A a -j MASQUERADE"],
    2,
  ],
];

describe.each(BACKENDS)("a dry run on %s", (backend) => {
  const open = (): Promise<Firewall> => namespace.open({ backend });
  const saved = () => withoutComments(namespace.run(`iptables-${backend}-save`));
  const names = () => namespace.run("cat", ["/proc/net/ip_tables_names"]);

  it.each(REFUSED)("finds %s, and names the rule and its line", async (_, table, lines, at) => {
    const text = rulesFile(table, ...lines),
      before = [saved(), names()];
    await using firewall = await open();
    const error = await refusal(firewall.restore(text, { dryRun: "kernel", file: "rules.v4" }));
    expect([saved(), names()]).toEqual(before);
    expect(error.context.place).toMatchObject({ file: "rules.v4", line: at + 2, source: lines[at] });
    expect(error.context.rule).toMatch(/^-A /);
    expect(error.message).toContain(`rules.v4:${at + 2}: `);
    // The kernel is the judge: the real load is refused too, for the same rule.
    const real = await refusal(firewall.restore(text, { file: "rules.v4" }));
    expect({ ...real.context, syscall: "" }).toEqual({ ...error.context, syscall: "" });
    expect(saved()).toBe(before[0]);
  });

  it("takes what needs sets, accounting objects, timeouts and estimators that are there", async () => {
    const text = rulesFile(
      "raw",
      "-A PREROUTING -m set --match-set hosts src -j DROP",
      "-A PREROUTING -m nfacct --nfacct-name web",
      "-A PREROUTING -p tcp -j CT --timeout patient",
      "-A PREROUTING -m rateest --rateest up --rateest-lt --rateest-bps 8bit",
    );
    await using firewall = await open();
    await firewall.restore(text, { dryRun: "kernel" });
    expect(saved()).not.toContain("--match-set");
    await firewall.restore(text);
    expect(saved()).toContain("--match-set hosts src");
    await firewall.restore(rulesFile("raw"));
  });
  it("takes a table that was read and edited, and leaves it", async () => {
    await using firewall = await open();
    await firewall.restore(rulesFile("filter", "-A INPUT -m set --match-set hosts src -j DROP"));
    const before = saved(),
      filter = await firewall.read("filter");
    await firewall.write(filter.append("INPUT", { jump: "ACCEPT" }), { dryRun: "kernel" });
    const wrong = filter.insert("INPUT", 1, { jump: "ACCEPT" }, parseRule("-j MASQUERADE"));
    const error = await refusal(firewall.write(wrong, { dryRun: "kernel" }));
    expect(error.context).toMatchObject({ chain: "INPUT", ruleNumber: 2, rule: "-A INPUT -j MASQUERADE" });
    expect(saved()).toBe(before);
    const again = await refusal(firewall.transaction("filter", () => wrong));
    expect(again.context).toMatchObject({ chain: "INPUT", ruleNumber: 2 });
    await firewall.restore(rulesFile("filter"));
  });
  it("finds one rule among thousands", async () => {
    const lines = Array.from({ length: 4_000 }, (_, i) => `-A INPUT -s 10.0.${i >> 8}.${i & 255} -j DROP`);
    lines[2_718] = "-A INPUT -m tcp --dport 22 -j DROP";
    await using firewall = await open();
    const options = { dryRun: "kernel", file: "rules.v4" } as const;
    const error = await refusal(firewall.restore(rulesFile("filter", ...lines), options));
    expect(error.context).toMatchObject({ ruleNumber: 2_719, place: { line: 2_720 } });
  });
});

it("needs no lock, and no table to be there", async () => {
  const lock = await namespace.open();
  const fresh = readFileSync(namespace.lock, "utf8");
  await using firewall = lock;
  await firewall.restore(rulesFile("security", "-A INPUT -j ACCEPT"), { dryRun: "kernel" });
  expect(await firewall.tables()).not.toContain("security");
  expect(fresh).toBe("");
});

/** Objects that no tool of the tests makes: an accounting object, and a timeout policy of TCP. */
beforeAll(async () => {
  const transport = netlinkTransport(
    NETLINK.netfilter,
    netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`),
  );
  for (const table of ["raw", "mangle", "nat", "filter"]) namespace.iptables(`-t ${table} -L -n`);
  namespace.run("ipset", ["create", "hosts", "hash:ip"]);
  await make(transport, 7 << 8, (writer) => writer.text(1, "web"));
  await make(transport, 8 << 8, (writer) => {
    writer.text(1, "patient");
    writer.be16(2, 2);
    writer.u8(3, 6);
    writer.close(writer.open(4));
  });
  namespace.iptables(
    "-t mangle -A OUTPUT -j RATEEST --rateest-name up --rateest-interval 250ms --rateest-ewmalog 500ms",
  );
});
async function make(
  transport: Transport,
  type: number,
  body: (writer: MessageWriter) => void,
): Promise<void> {
  const writer = new MessageWriter();
  writer.begin({ type, flags: NLM_F.ack | NLM_F.create, sequence: 1, family: NFPROTO.ipv4 });
  body(writer);
  writer.end();
  await transport(writer.take());
}
