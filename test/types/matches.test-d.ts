import { describe, expectTypeOf, it } from "vitest";
import {
  ah,
  bpf,
  cgroup,
  cluster,
  connbytes,
  connlabel,
  connlimit,
  cpu,
  dccp,
  devgroup,
  dscp,
  ecn,
  esp,
  helper,
  ipcomp,
  ipvs,
  length,
  nfacct,
} from "../../src/extensions/index.js";

describe("matches of connections", () => {
  it("take their words", () => {
    expectTypeOf<NonNullable<NonNullable<Parameters<typeof connbytes>[0]>["connbytesMode"]>>().toEqualTypeOf<
      "packets" | "bytes" | "avgpkt"
    >();
    connbytes({
      connbytes: { not: [0, "18446744073709551614"] },
      connbytesMode: "avgpkt",
      connbytesDir: "reply",
    });
    ipvs({ vaddr: { not: "192.0.2.1" }, vport: 80, vdir: "REPLY", vmethod: "GATE" });
    cluster({ clusterLocalNodemask: { not: 1 }, clusterTotalNodes: 2, clusterHashSeed: 3 });
    connlimit({ connlimitUpto: 3, connlimitMask: 24, connlimitDaddr: true });
    connlabel({ label: { not: 40 }, set: true });
    helper({ helper: { not: "ftp" } });
  });
  it("refuse what iptables has no word for", () => {
    // @ts-expect-error no such mode
    connbytes({ connbytes: 1, connbytesMode: "byte", connbytesDir: "both" });
    // @ts-expect-error no such direction
    connbytes({ connbytes: 1, connbytesMode: "bytes", connbytesDir: "forth" });
    // @ts-expect-error the mode has no negation
    connbytes({ connbytes: 1, connbytesMode: { not: "bytes" }, connbytesDir: "both" });
    // @ts-expect-error no such method
    ipvs({ vmethod: "NAT" });
    // @ts-expect-error a port is a number
    ipvs({ vport: "http" });
    // @ts-expect-error vdir has no negation
    ipvs({ vdir: { not: "REPLY" } });
    // @ts-expect-error only the node mask can be negated
    cluster({ clusterLocalNodemask: 1, clusterTotalNodes: { not: 2 }, clusterHashSeed: 3 });
    // @ts-expect-error at most is the other option
    connlimit({ connlimitAbove: { not: 3 } });
    // @ts-expect-error a label is a number
    connlabel({ label: "bulk" });
    // @ts-expect-error one name
    helper({ helper: ["ftp", "sip"] });
    // @ts-expect-error it has no negation
    nfacct({ nfacctName: { not: "web" } });
  });
});

describe("matches of packets", () => {
  it("take their words", () => {
    ah({ ahspi: { not: [1, 2] }, ahlen: 12, ahres: true });
    esp({ espspi: 1000 });
    ipcomp({ ipcompspi: [5, 6], compres: true });
    dccp({ sport: [1, 2], dccpTypes: { not: ["REQUEST", "INVALID"] }, dccpOption: 44 });
    devgroup({ srcGroup: { not: { value: 1, mask: 0xff } } });
    ecn({ ecnTcpEce: { not: true }, ecnIpEct: 1 });
    length({ length: { not: [0, 128] } });
    cgroup({ path: { not: "/" } });
    bpf({ bytecode: "1,6 0 0 1" });
    cpu({ cpu: { not: 1 } });
  });
  it("refuse what iptables has no word for", () => {
    // @ts-expect-error a range has two ends
    ah({ ahspi: [1, 2, 3] });
    // @ts-expect-error it has no negation
    ah({ ahres: { not: true } });
    // @ts-expect-error an index is a number
    esp({ espspi: "0x10" });
    // @ts-expect-error of another match
    ipcomp({ espspi: 1 });
    // @ts-expect-error no such type
    dccp({ dccpTypes: ["SYN"] });
    // @ts-expect-error a group is a number here
    devgroup({ srcGroup: "lan" });
    // @ts-expect-error the class is another spelling of the number
    dscp({ dscpClass: "EF" });
    // @ts-expect-error a bit is there, or it is not
    ecn({ ecnTcpCwr: 1 });
    // @ts-expect-error a length is a number
    length({ length: "0:128" });
    // @ts-expect-error one processor
    cpu({ cpu: [0, 1] });
    // @ts-expect-error a program is text, as nfbpf_compile prints it
    bpf({ bytecode: [[6, 0, 0, 1]] });
    // @ts-expect-error a class is a number
    cgroup({ cgroup: "1:2" });
  });
});
