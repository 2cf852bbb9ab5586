import { beforeEach, expect, it } from "vitest";
import { isOpaque, isRampartError, type OpaquePart, type Rule } from "../../src/index.js";
import { legacyAddon } from "../../src/native.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
/**
 * The kernel matches L2TP sessions, `struct xt_l2tp_info`; neither iptables nor Rampart has a word for it. The part is
 * what a program has that kept a rule as JSON.
 */
const L2TP = {
  name: "l2tp",
  options: {},
  opaque: { revision: 0, data: "00000000070000000000020000000000" },
} as unknown as OpaquePart;
const RULE: Rule = { protocol: 115, matches: [L2TP], jump: "ACCEPT" };

/** The table's bytes as the kernel has them: no code that knows extensions comes between. */
async function held(): Promise<string> {
  const addon = legacyAddon(),
    network = addon.openNamespace(`/proc/${namespace.pid}/ns/net`);
  try {
    const bytes = await addon.readTable(4, "filter", network);
    return Buffer.from(bytes ?? new ArrayBuffer(0)).toString("hex");
  } finally {
    network.close();
  }
}
beforeEach(async () => {
  namespace.run("iptables-legacy-restore", [], "*filter\nCOMMIT\n");
  await using firewall = await namespace.open();
  await firewall.transaction("filter", (filter) => filter.append("INPUT", RULE));
});

it("what Rampart does not know reaches the kernel, and is shown as bytes", async () => {
  expect(namespace.iptables("-L INPUT -n")).toContain("UNKNOWN match `l2tp'");
  await using firewall = await namespace.open();
  const part = (await firewall.read("filter")).rules("INPUT").at(0)?.matches?.[0];
  expect(part && isOpaque(part)).toBe(true);
  expect(JSON.parse(JSON.stringify(part))).toEqual(L2TP);
});

it("it survives edits around it, its own rule's removal and return, byte for byte", async () => {
  await using firewall = await namespace.open();
  const before = await held();
  expect(before).toContain(L2TP.opaque.data);
  await firewall.transaction("filter", (filter) =>
    filter.insert("INPUT", 1, { source: "192.0.2.1/32", jump: "DROP" }),
  );
  expect(await held()).not.toBe(before);
  await firewall.transaction("filter", (filter) => filter.delete("INPUT", 1));
  expect(await held()).toBe(before);
  const [rule] = (await firewall.read("filter")).rules("INPUT");
  await firewall.transaction("filter", (filter) => filter.flush("INPUT"));
  await firewall.transaction("filter", (filter) => filter.append("INPUT", rule!));
  expect(await held()).toBe(before);
});

it("text that would lose it is refused, and the error names it and its place", async () => {
  await using firewall = await namespace.open();
  const error = await firewall.save().catch((reason: unknown) => reason);
  expect(isRampartError(error, "opaque") && error.context).toMatchObject({
    kind: "match",
    name: "l2tp",
    table: "filter",
    chain: "INPUT",
    ruleNumber: 1,
  });
});
