import { describe, expect, it } from "vitest";
import {
  describeRule,
  emptyTable,
  type ListingNames,
  listTable,
  parseRule,
  type Table,
} from "../../../src/index.js";
import type { Part } from "../../../src/model/rule.js";
import { decodeSent } from "../../vectors/conformance.js";
import { contextOf } from "../../vectors/iptables.js";
import { type Listing, readAllListings } from "../../vectors/listing.js";
import { NAMES } from "../../vectors/names.js";

const vectors = readAllListings();

/** Debian 12's names of the numbers in the vectors. */
const SERVICES: Readonly<Record<number, string>> = {
  1: "tcpmux",
  7: "echo",
  9: "discard",
  11: "systat",
  13: "daytime",
  15: "netstat",
  20: "ftp-data",
  21: "ftp",
  22: "ssh",
  53: "domain",
  67: "bootps",
  68: "bootpc",
  80: "http",
  443: "https",
};
const UDP_ONLY = [67, 68];
const TCP_ONLY = [1, 11, 15, 20, 21, 22, 80];
const PROTOCOLS: readonly string[] =
  "2:igmp 4:ipencap 8:egp 27:rdp 29:iso-tp4 33:dccp 36:xtp 37:ddp 38:idpr-cmtp 41:ipv6 43:ipv6-route 44:ipv6-frag 46:rsvp 47:gre 57:skip 59:ipv6-nonxt 60:ipv6-opts 88:eigrp 89:ospf 94:ipip 98:encap 103:pim 108:ipcomp 112:vrrp 115:l2tp 124:isis 133:fc 138:manet 139:hip 140:shim6 141:wesp 142:rohc 143:ethernet 262:mptcp".split(
    " ",
  );
const byNumber = new Map(PROTOCOLS.map((one) => [Number(one.split(":")[0]), one.split(":")[1]!]));
const byName = new Map([...byNumber].map(([number, name]) => [name, number]));
const names: ListingNames = {
  serviceName: (port, protocol) =>
    (protocol === "tcp" && !UDP_ONLY.includes(port)) || (protocol === "udp" && !TCP_ONLY.includes(port))
      ? SERVICES[port]
      : undefined,
  protocolName: (number) => byNumber.get(number),
  userName: (uid) => ({ 0: "root", 5: "games", 10: "uucp", 1000: "cloudsdk", 65534: "nobody" })[uid],
  groupName: (gid) => ({ 6: "disk", 7: "lp", 10: "uucp", 65534: "nogroup" })[gid],
  nameOf: (list, number) => (number === 0 ? NAMES.nameOf(list, 0) : undefined),
};
const parserNames = {
  port: (name: string) => Number(Object.entries(SERVICES).find(([, n]) => n === name)?.[0]),
  protocol: (name: string) => byName.get(name),
  protocolName: (number: number) => byNumber.get(number),
  user: () => undefined,
  group: () => undefined,
  numberOf: NAMES.numberOf,
  nameOf: () => undefined,
};

function listed(
  { family, table, chain, rule, sent }: Listing,
  options: Parameters<typeof listTable>[1],
): string {
  const whole = sent
    ? decodeSent(sent, rule, contextOf(family))
    : parseRule(rule, { family, names: parserNames, chains: ["UC"] });
  const one = emptyTable(family, table).newChain("UC").append(chain, whole);
  return [...listTable(one, { chain, number: 1, ...options })].join("").replace(/\n$/, "");
}

const groups = new Map<string, Listing[]>();
for (const vector of vectors) {
  const extension = /-[mj] (\S+)(?!.* -[mj] )/.exec(vector.rule)?.[1] ?? "no extension";
  groups.set(extension, [...(groups.get(extension) ?? []), vector]);
}

describe("listTable words every rule as iptables -L does", () => {
  it.each([...groups])("%s", (_, group) => {
    for (const vector of group) {
      expect(listed(vector, { numeric: true })).toBe(vector.numeric);
      // A host may have names for addresses, too; Rampart never looks for them.
      const named = vector.named.replace("gw:default", "gw:0.0.0.0").replace(/\blocalhost\b/, "127.0.0.1");
      expect(listed(vector, { names })).toBe(named);
      expect(listed(vector, { numeric: true, verbose: true, exact: true })).toBe(vector.verbose);
    }
  });
});
const table: Table = emptyTable("ipv4", "filter").edit((draft) => {
  draft.newChain("empty");
  draft.newChain("used");
  draft.policy("FORWARD", "DROP", { packets: 123_456_789, bytes: "9007199254740993" });
  draft.append("INPUT", [
    { jump: "used", counters: { packets: 99_999, bytes: 100_000 } },
    { goto: "used", counters: { packets: 999_499, bytes: 9_999_500 } },
  ]);
});
const text = (options: Parameters<typeof listTable>[1]): string => [...listTable(table, options)].join("");

describe("listTable", () => {
  it("heads chains with their policy or references, and parts them with a blank line", () => {
    expect(text({ numeric: true })).toBe(
      `Chain INPUT (policy ACCEPT)
target     prot opt source               destination         
used       0    --  0.0.0.0/0            0.0.0.0/0           
used       0    --  0.0.0.0/0            0.0.0.0/0           [goto] 

Chain FORWARD (policy DROP)
target     prot opt source               destination         

Chain OUTPUT (policy ACCEPT)
target     prot opt source               destination         

Chain empty (0 references)
target     prot opt source               destination         

Chain used (2 references)
target     prot opt source               destination         
`,
    );
  });
  it("shortens counters, or not", () => {
    const lines = text({ verbose: true, lineNumbers: true }).split("\n");
    expect(lines[1]).toBe(
      "num   pkts bytes target     prot opt in     out     source               destination         ",
    );
    expect(lines[2]).toMatch(/^1 {4}99999 {2}100K used {7}all {2}-- {2}any {4}any {5}anywhere/);
    expect(lines[3]).toMatch(/^2 {5}999K {3}10M used/);
    expect(lines[5]).toBe("Chain FORWARD (policy DROP 123M packets, 9007T bytes)");
    expect(text({ verbose: true, exact: true })).toContain(
      "Chain FORWARD (policy DROP 123456789 packets, 9007199254740993 bytes)",
    );
  });
  it("lists one chain, one rule, or nothing where there is no such rule", () => {
    expect(text({ chain: "empty" }).split("\n").length).toBe(3);
    expect(text({ chain: "INPUT", number: 2 })).toMatch(/^used .*\[goto\] \n$/);
    expect(text({ chain: "INPUT", number: 3 })).toBe("");
    expect(() => text({ chain: "none" })).toThrow("no chain none");
  });
  it("names what it keeps as bytes", () => {
    const opaque = {
      name: "quux",
      options: {},
      opaque: { revision: 3, data: "00112233" },
    } as unknown as Part;
    const strange = emptyTable("ipv4", "filter").append("INPUT", { matches: [opaque], jump: "DROP" });
    expect([...listTable(strange, { chain: "INPUT", number: 1 })][0]).toContain(
      "[4 bytes of match quux, revision 3]",
    );
  });
});

it("describeRule repeats a rule as iptables -v -A does", () => {
  const one = (rule: string, family: "ipv4" | "ipv6" = "ipv4") =>
    describeRule(parseRule(rule, { family, chains: ["UC"] }), family);
  expect(one("-p tcp --dport 22 -m conntrack --ctstate NEW -j REJECT")).toBe(
    "REJECT  tcp opt -- in * out *  0.0.0.0/0  -> 0.0.0.0/0   tcp dpt:22 ctstate NEW reject-with icmp-port-unreachable",
  );
  expect(one("! -p udp ! -s 1.2.3.4 -i lo -g UC")).toBe(
    "UC !udp opt -- in lo out * !1.2.3.4  -> 0.0.0.0/0  [goto] ",
  );
  expect(one("-p udp -f ! -i lo -o eth+")).toBe("  udp opt -f in !lo out eth+  0.0.0.0/0  -> 0.0.0.0/0  ");
  expect(one("-p 47 -d 10.0.0.0/8 -j LOG")).toBe(
    "LOG  47 opt -- in * out *  0.0.0.0/0  -> 10.0.0.0/8   LOG flags 0 level 4",
  );
  expect(one("-p icmpv6 -s ::1 ! -d ::2 -j ACCEPT", "ipv6")).toBe(
    "ACCEPT  ipv6-icmp opt -- in * out *  ::1 !-> ::2  ",
  );
});
