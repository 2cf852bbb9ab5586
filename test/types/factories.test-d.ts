import { describe, expect, expectTypeOf, it } from "vitest";
import { inetAddr, struct, u16 } from "../../src/codec/struct.js";
import { match } from "../../src/extensions/define.js";
import { conntrack, hashlimit, reject, set, snat, statistic, tcp } from "../../src/extensions/index.js";
import { bitset } from "../../src/extensions/kinds.js";
import { flags, unless } from "../../src/extensions/option.js";
import type { OpenOptions } from "../../src/firewall.js";
import type { Part, Rule } from "../../src/model/rule.js";
import { emptyTable } from "../../src/model/table.js";
import { allow } from "../../src/services/index.js";

type Options = NonNullable<Parameters<typeof conntrack>[0]>;
type State = "INVALID" | "NEW" | "RELATED" | "ESTABLISHED" | "UNTRACKED" | "SNAT" | "DNAT";

describe("factories", () => {
  it("take the words that iptables takes", () => {
    expectTypeOf<Options["ctdir"]>().toEqualTypeOf<"ORIGINAL" | "REPLY" | undefined>();
    expectTypeOf<NonNullable<Options["ctstate"]>>().toEqualTypeOf<
      readonly State[] | { readonly not: readonly State[] }
    >();
    conntrack({ ctstate: ["NEW", "RELATED"] });
    conntrack({ ctstate: { not: ["NEW"] }, ctdir: "REPLY" });
    tcp({ dport: 22, sport: [1024, 65535], tcpFlags: { not: { mask: ["SYN"], set: [] } } });
    set({ matchSet: { not: { set: "bad", by: ["src"] } }, packetsEq: 5 });
    hashlimit({ hashlimitAbove: "512kb/s", hashlimitName: "h" });
    reject({ rejectWith: "icmp-port-unreachable" });
    statistic({ mode: "nth", every: 3, packet: 0 });
  });
  it("give parts that fit into rules", () => {
    expectTypeOf(tcp({ dport: 22 })).toExtend<Part<"tcp">>();
    expectTypeOf(tcp({ dport: 22 }).name).toEqualTypeOf<"tcp">();
    expectTypeOf(tcp({ dport: 22 })).toExtend<NonNullable<Rule["matches"]>[number]>();
    expectTypeOf(reject()).toExtend<NonNullable<Rule["jump"]>>();
  });
  it("refuse what iptables has no word for", () => {
    // @ts-expect-error no such reject type
    reject({ rejectWith: "icmp-nonsense" });
    // @ts-expect-error not a rate
    hashlimit({ hashlimitAbove: "fast", hashlimitName: "h" });
    // @ts-expect-error unknown state
    conntrack({ ctstate: ["NEWISH"] });
    // @ts-expect-error unknown option
    conntrack({ state: ["NEW"] });
    // @ts-expect-error ctdir has no negation
    conntrack({ ctdir: { not: "REPLY" } });
    // @ts-expect-error a port is a number
    tcp({ dport: "http" });
    // @ts-expect-error a range has two ends
    tcp({ dport: [1, 2, 3] });
    // @ts-expect-error of another target
    snat({ toDestination: "192.0.2.1" });
    // @ts-expect-error a side is src or dst
    set({ matchSet: { set: "bad", by: ["source"] } });
    // @ts-expect-error an option without a value is true or absent
    snat({ toSource: "192.0.2.1", random: "yes" });
  });
});

describe("rules", () => {
  it("have the fields that iptables has", () => {
    const rule: Rule = {
      source: { not: "192.0.2.0/24" },
      protocol: "tcp",
      matches: [tcp({ dport: 22 })],
      jump: "web",
    };
    expectTypeOf(rule).toExtend<Rule>();
    // @ts-expect-error no such field
    const misspelt: Rule = { sourse: "192.0.2.1/32", jump: "DROP" };
    // @ts-expect-error no such protocol
    const unknown: Rule = { protocol: "tpc" };
    // @ts-expect-error one address: lists make several rules
    const list: Rule = { source: ["192.0.2.1/32"] };
    // @ts-expect-error a part comes from a factory, which looks at its options
    const byHand: Rule = { matches: [{ name: "tcp", options: { dprot: 22 } }] };
    expectTypeOf([misspelt, unknown, list, byHand]).toExtend<readonly Rule[]>();
  });
  it("and what takes them has its own", () => {
    const filter = emptyTable("ipv4", "filter");
    // @ts-expect-error no such policy
    expect(() => filter.policy("INPUT", "REJECT")).toThrow();
    // @ts-expect-error no such table
    emptyTable("ipv4", "filtre");
    // @ts-expect-error no such service
    expect(() => allow("sssh")).toThrow();
    // @ts-expect-error no such option
    allow("ssh", { form: "192.0.2.1/32" });
    expectTypeOf<OpenOptions["family"]>().toEqualTypeOf<"ipv4" | "ipv6" | undefined>();
    expectTypeOf<OpenOptions["backend"]>().toEqualTypeOf<"legacy" | "nft" | "memory" | undefined>();
  });
});

describe("declarations", () => {
  const info = struct({ flags: u16, inv: u16, mask: u16, addr: inetAddr });
  const given = flags("flags", "inv"),
    wrong = flags("flags", "vni");
  const none: readonly "A"[] = [];
  it("name fields that the struct has, of the type that the kind fills", () => {
    match("t", { revision: 0, info, options: { x: given(1, bitset("mask", { A: 1 })) } });
    // @ts-expect-error no such struct field
    match("t", { revision: 0, info, options: { x: given(1, bitset("maks", { A: 1 })) } });
    // @ts-expect-error the field is not a number
    match("t", { revision: 0, info, options: { x: unless(none, bitset("addr", { A: 1 })) } });
    // @ts-expect-error no such flag field
    match("t", { revision: 0, info, options: { x: wrong(1, bitset("mask", { A: 1 })) } });
    // @ts-expect-error no such option to need
    match("t", { revision: 0, info, need: ["y"], options: { x: given(1, bitset("mask", { A: 1 })) } });
  });
});
