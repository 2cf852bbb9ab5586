import { beforeAll, describe, expect, it } from "vitest";
import type { Context, Extension } from "../../src/extensions/extension.js";
import { matches, targets } from "../../src/extensions/registry.js";
import { isOpaque, isRampartError, type Part, type Rule, type TableName } from "../../src/index.js";
import { contextOf } from "../vectors/iptables.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
const ctx: Context = contextOf("ipv4");

interface Row {
  readonly table: TableName;
  readonly chain: string;
  readonly kind: Extension["kind"];
  readonly name: string;
  readonly options: object;
  readonly protocol?: "tcp";
}
/** The first set of a namespace has number 0, as in the vectors. */
const SET = { set: "s4", by: ["src"] } as const;
beforeAll(() => void namespace.run("ipset", ["create", SET.set, "hash:ip"]));
const ROWS: readonly Row[] = [
  {
    table: "filter",
    chain: "INPUT",
    kind: "match",
    name: "conntrack",
    options: { ctstate: ["NEW"], ctorigsrcport: 5, ctorigsrc: "192.0.2.0/24" },
  },
  { table: "filter", chain: "INPUT", kind: "match", name: "state", options: { state: ["NEW"] } },
  { table: "filter", chain: "INPUT", kind: "match", name: "socket", options: {} },
  {
    table: "filter",
    chain: "INPUT",
    kind: "match",
    name: "addrtype",
    options: { srcType: { not: ["LOCAL"] } },
  },
  {
    table: "filter",
    chain: "INPUT",
    kind: "match",
    name: "recent",
    options: { set: true, name: "old", rsource: true },
  },
  { table: "filter", chain: "INPUT", kind: "match", name: "string", options: { string: "x", algo: "bm" } },
  {
    table: "filter",
    chain: "INPUT",
    kind: "match",
    name: "multiport",
    protocol: "tcp",
    options: { dports: [22, 80] },
  },
  {
    table: "filter",
    chain: "INPUT",
    kind: "match",
    name: "hashlimit",
    options: { hashlimitUpto: "5/sec", hashlimitBurst: 5, hashlimitName: "old" },
  },
  { table: "filter", chain: "INPUT", kind: "match", name: "set", options: { matchSet: { not: SET } } },
  { table: "filter", chain: "INPUT", kind: "target", name: "SET", options: { addSet: SET } },
  { table: "filter", chain: "INPUT", kind: "target", name: "NFQUEUE", options: { queueNum: 5 } },
  { table: "mangle", chain: "INPUT", kind: "target", name: "CONNMARK", options: { setXmark: 7 } },
  { table: "raw", chain: "OUTPUT", kind: "target", name: "CT", options: { notrack: true } },
  { table: "raw", chain: "OUTPUT", kind: "target", name: "NOTRACK", options: {} },
  {
    table: "filter",
    chain: "INPUT",
    kind: "target",
    name: "IDLETIMER",
    options: { timeout: 9, label: "old" },
  },
  {
    table: "mangle",
    chain: "PREROUTING",
    kind: "target",
    name: "TPROXY",
    protocol: "tcp",
    options: { onPort: 1, onIp: "0.0.0.0", tproxyMark: { value: 0, mask: 0 } },
  },
  { table: "nat", chain: "POSTROUTING", kind: "target", name: "SNAT", options: { toSource: "192.0.2.1" } },
  {
    table: "nat",
    chain: "PREROUTING",
    kind: "target",
    name: "DNAT",
    options: { toDestination: "192.0.2.1" },
  },
];
const cases = ROWS.flatMap((row) =>
  (row.kind === "match" ? matches : targets).get(row.name)!.others.flatMap((other) => {
    const revision = other.revision("ipv4");
    return revision === undefined ? [] : [{ ...row, other, revision }];
  }),
);
/** Of these, Linux 6.18 has no code any more; what it says to them is not our concern. */
const GONE = new Set(["multiport 0", "string 0"]);

function raw(other: Extension, revision: number, options: object): Part {
  const bytes = new Uint8Array(other.size("ipv4"));
  other.encode(bytes, 0, options as Part["options"], ctx);
  const data = Buffer.from(bytes).toString("hex");
  return { name: other.wire, options: {}, opaque: { revision, data } } as unknown as Part;
}

describe("revisions of old in the kernel", () => {
  it.each(cases)("$kind $name, revision $revision: taken, read, and left as it is", async (one) => {
    const { table, chain, kind, name, other, revision, options, protocol } = one;
    await using firewall = await namespace.open();
    const part = raw(other, revision, options);
    const rule = {
      ...(protocol && { protocol }),
      ...(kind === "match" ? { matches: [part], jump: "ACCEPT" } : { jump: part }),
    } as Rule;
    const refused = await firewall
      .transaction(table, (held) => held.flush(chain).append(chain, rule))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    if (GONE.has(`${name} ${revision}`)) {
      expect(isRampartError(refused)).toBe(true);
      return;
    }
    expect(refused).toBeUndefined();
    const partIn = async () => {
      const { matches: list, jump } = [...(await firewall.read(table)).rules(chain)].at(-1)!;
      return kind === "match" ? list![0]! : (jump as Part);
    };
    const read = await partIn();
    expect(isOpaque(read)).toBe(false);
    expect(read).toMatchObject({ name, options });
    const shown = () => namespace.run("iptables-legacy-save", ["-t", table]);
    // An edit beside it leaves its revision alone: iptables itself cannot print it before and after.
    await firewall.transaction(table, (held) =>
      held.insert(chain, 1, { source: "192.0.2.9/32", jump: "ACCEPT" }),
    );
    expect(await partIn()).toEqual(read);
    // Moved, it is written from what was read.
    const before = shown();
    await firewall.transaction(table, (held) => {
      const all = [...held.rules(chain)];
      return held.flush(chain).append(chain, ...all);
    });
    expect(shown().replaceAll(/^#.*\n/gm, "")).toBe(before.replaceAll(/^#.*\n/gm, ""));
    await firewall.transaction(table, (held) => held.flush(chain));
  });
});
