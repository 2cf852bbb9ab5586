import { beforeEach, expect, it } from "vitest";
import { isOpaque, isRampartError } from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
/** Extensions that Rampart does not declare yet, a match and a target. */
const UNKNOWN = [
  "-A INPUT -p tcp -m connbytes --connbytes 1:2 --connbytes-mode packets --connbytes-dir both -j ACCEPT",
  "-A FORWARD -m cpu --cpu 0 -j DROP",
];
const held = () => withoutComments(namespace.run("iptables-legacy-save", ["-t", "filter", "-c"]));
beforeEach(() => {
  namespace.run("iptables-legacy-restore", [], `*filter\n${UNKNOWN.join("\n")}\nCOMMIT\n`);
});

it("what Rampart does not know is shown as bytes", async () => {
  await using firewall = await namespace.open();
  const part = (await firewall.read("filter")).rules("INPUT").at(0)?.matches?.[0];
  expect(part && isOpaque(part)).toBe(true);
  expect(JSON.parse(JSON.stringify(part))).toMatchObject({
    name: "connbytes",
    opaque: { revision: 0, data: expect.stringMatching(/^[\da-f]{48}$/) },
  });
});

it("it survives edits around it, its own rule's removal and return, byte for byte", async () => {
  await using firewall = await namespace.open();
  const before = held();
  await firewall.transaction("filter", (filter) =>
    filter.insert("INPUT", 1, { source: "192.0.2.1/32", jump: "DROP" }),
  );
  await firewall.transaction("filter", (filter) => filter.delete("INPUT", 1));
  expect(held()).toBe(before);
  const [rule] = (await firewall.read("filter")).rules("INPUT");
  await firewall.transaction("filter", (filter) => filter.flush("INPUT"));
  await firewall.transaction("filter", (filter) => filter.append("INPUT", rule!));
  expect(held()).toBe(before);
});

it("text that would lose it is refused, and the error names it and its place", async () => {
  await using firewall = await namespace.open();
  const error = await firewall.save().catch((reason: unknown) => reason);
  expect(isRampartError(error, "opaque") && error.context).toMatchObject({
    kind: "match",
    name: "connbytes",
    table: "filter",
    chain: "INPUT",
    ruleNumber: 1,
  });
});
