import { describe, expectTypeOf, it } from "vitest";
import { inetAddr, struct, u16 } from "../../src/codec/struct.js";
import { match } from "../../src/extensions/define.js";
import { conntrack, hashlimit, reject, set, snat, statistic, tcp } from "../../src/extensions/index.js";
import { bitset } from "../../src/extensions/kinds.js";
import { flags, unless } from "../../src/extensions/option.js";
import type { Part, Rule } from "../../src/model/rule.js";

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
