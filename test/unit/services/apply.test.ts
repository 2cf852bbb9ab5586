import { describe, expect, it } from "vitest";
import {
  allow,
  applyService,
  block,
  blockOutgoing,
  dropInvalid,
  emptyTable,
  established,
  forward,
  loopback,
  parseRule,
  printRule,
  type Service,
  type Table,
} from "../../../src/index.js";

/** A filter table from `CHAIN rule` lines; chains that are not built in are made. */
function filter(...lines: readonly string[]): Table {
  return emptyTable("ipv4", "filter").edit((draft) => {
    for (const line of lines) {
      const [chain = "", ...words] = line.split(" ");
      if (!draft.has(chain)) draft.newChain(chain);
      if (words.length > 0) draft.append(chain, [parseRule(words.join(" "))]);
    }
  });
}
const listed = (table: Table, chain: string): string[] =>
  [...table.rules(chain)].map((rule) => printRule(rule));
const resultOf = (table: Table, service: Service, chain = "INPUT"): string[] =>
  listed(applyService(table, service).table, chain);

const SSH = "-p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT";
const REPLY = "-p tcp -m tcp --sport 22 -m conntrack --ctstate ESTABLISHED -j ACCEPT";

describe("recipes", () => {
  it("are the tutorial's commands", () => {
    expect(resultOf(filter(), allow("ssh"))).toEqual([SSH]);
    expect(resultOf(filter(), allow("ssh"), "OUTPUT")).toEqual([REPLY]);
    expect(resultOf(filter(), allow("ssh", { from: "203.0.113.0/24" }))).toEqual([
      `-s 203.0.113.0/24 ${SSH}`,
    ]);
    expect(resultOf(filter(), allow("ssh", { direction: "out" }), "OUTPUT")).toEqual([SSH]);
    expect(resultOf(filter(), allow("ssh", { direction: "out" }))).toEqual([REPLY]);
    expect(resultOf(filter(), allow("web"))).toEqual([
      "-p tcp -m multiport --dports 80,443 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), allow("web"), "OUTPUT")).toEqual([
      "-p tcp -m multiport --sports 80,443 -m conntrack --ctstate ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), allow("mysql", { interface: "eth1" }))).toEqual([
      "-i eth1 -p tcp -m tcp --dport 3306 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), allow("mysql", { interface: "eth1" }), "OUTPUT")).toEqual([
      "-o eth1 -p tcp -m tcp --sport 3306 -m conntrack --ctstate ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), loopback())).toEqual(["-i lo -j ACCEPT"]);
    expect(resultOf(filter(), loopback(), "OUTPUT")).toEqual(["-o lo -j ACCEPT"]);
    expect(resultOf(filter(), established())).toEqual([
      "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), established(), "OUTPUT")).toEqual([
      "-m conntrack --ctstate ESTABLISHED -j ACCEPT",
    ]);
    expect(resultOf(filter(), forward("eth1", "eth0"), "FORWARD")).toEqual(["-i eth1 -o eth0 -j ACCEPT"]);
    expect(resultOf(filter(), dropInvalid())).toEqual(["-m conntrack --ctstate INVALID -j DROP"]);
    expect(resultOf(filter(), block("203.0.113.51/32"))).toEqual(["-s 203.0.113.51/32 -j DROP"]);
    expect(resultOf(filter(), block("203.0.113.51/32", { reject: true, interface: "eth0" }))).toEqual([
      "-s 203.0.113.51/32 -i eth0 -j REJECT --reject-with icmp-port-unreachable",
    ]);
    expect(resultOf(filter(), blockOutgoing("smtp"), "OUTPUT")).toEqual([
      "-p tcp -m tcp --dport 25 -j REJECT --reject-with icmp-port-unreachable",
    ]);
  });
  it("make one rule for each address", () => {
    expect(resultOf(filter(), allow("ssh", { from: ["10.0.0.0/8", "192.0.2.1/32"] }))).toEqual([
      `-s 10.0.0.0/8 ${SSH}`,
      `-s 192.0.2.1/32 ${SSH}`,
    ]);
  });
});

describe("an allow", () => {
  const number = (table: Table, service: Service = allow("ssh")): number =>
    applyService(table, service).placements[0]!.number;

  it.each([
    ["a final drop", "INPUT -j DROP"],
    ["a final reject", "INPUT -j REJECT"],
    ["a drop of its port", "INPUT -p tcp --dport 22 -j DROP"],
    ["a drop of a range that holds its port", "INPUT -p tcp -m multiport --dports 20:25,80 -j DROP"],
    ["a drop of new connections", "INPUT -m conntrack --ctstate NEW -j REJECT"],
    ["a drop of everybody but one network", "INPUT ! -s 10.0.0.0/8 -j DROP"],
    ["a drop on one interface", "INPUT -i eth0 -j DROP"],
    ["a drop to one of this host's addresses", "INPUT -d 192.0.2.1 -j DROP"],
    ["a drop of what begins TCP connections", "INPUT -p tcp --syn -j DROP"],
  ])("lands before %s", (_, rule) => {
    expect(number(filter("INPUT -i lo -j ACCEPT", rule))).toBe(2);
  });
  it.each([
    ["a blocked address", "INPUT -s 203.0.113.51 -j DROP"],
    ["another port", "INPUT -p tcp --dport 80 -j DROP"],
    ["another protocol", "INPUT -p udp -j DROP"],
    ["invalid packets", "INPUT -m conntrack --ctstate INVALID -j DROP"],
    ["a blocklist", "INPUT -m recent --rcheck --name bad -j DROP"],
    ["a limit", "INPUT -p tcp -m limit --limit 1/sec -j DROP"],
    ["new connections that do not begin with SYN", "INPUT -p tcp ! --syn -m conntrack --ctstate NEW -j DROP"],
    ["a log", "INPUT -j LOG"],
    ["all but its port", "INPUT -p tcp ! --dport 22 -j DROP"],
  ])("stays behind the drop of %s", (_, rule) => {
    expect(number(filter(rule, "INPUT -j DROP"))).toBe(2);
  });
  it("lands before what takes one of its ports", () => {
    const web = allow("web");
    expect(number(filter("INPUT -p tcp --dport 80 -j DROP"), web)).toBe(1);
    expect(number(filter("INPUT -p tcp -m multiport --dports 22,443 -j REJECT"), web)).toBe(1);
    expect(number(filter("INPUT -p tcp -m multiport ! --dports 22,443 -j REJECT"), web)).toBe(1);
    expect(number(filter("INPUT -p tcp --dport 8080 -j DROP"), web)).toBe(2);
  });
  it("lands before what takes all of TCP", () => {
    expect(number(filter("INPUT -p tcp -j DROP"), established())).toBe(1);
    expect(number(filter("INPUT -p tcp --syn -j DROP"), established())).toBe(2);
    expect(number(filter("INPUT -p tcp --dport 25 -j DROP"), established())).toBe(2);
    expect(number(filter("INPUT -p icmp -j DROP"), established())).toBe(2);
  });
  it("knows the networks that its own address lies in", () => {
    const from = allow("ssh", { from: "203.0.113.0/24" });
    expect(number(filter("INPUT -s 203.0.113.0/24 -j DROP"), from)).toBe(1);
    expect(number(filter("INPUT -s 203.0.0.0/16 -j DROP"), from)).toBe(1);
    expect(number(filter("INPUT -s 203.0.113.51 -j DROP"), from)).toBe(2);
    expect(number(filter("INPUT -s 198.51.100.0/24 -j DROP"), from)).toBe(2);
    expect(number(filter("INPUT ! -s 203.0.113.0/24 -j DROP"), from)).toBe(2);
  });
  it("looks into the chains that rules lead to", () => {
    expect(number(filter("closed -j DROP", "INPUT -j closed"))).toBe(1);
    expect(number(filter("open -p tcp --dport 80 -j ACCEPT", "INPUT -j open"))).toBe(2);
    expect(number(filter("inner -j DROP", "outer -j inner", "INPUT -j outer"))).toBe(1);
    expect(number(filter("some -s 10.0.0.1 -j DROP", "INPUT -j some"))).toBe(2);
    expect(number(filter("back -j RETURN", "back -j DROP", "INPUT -j back"))).toBe(2);
    expect(number(filter("only -i lo -j ACCEPT", "only -j DROP", "INPUT -j only"))).toBe(1);
    expect(number(filter("loop", "INPUT -j loop", "loop -j loop"))).toBe(2);
  });
  it("heeds the policy behind RETURN and goto", () => {
    expect(number(filter("INPUT -j RETURN"))).toBe(2);
    expect(number(filter("INPUT -j RETURN").policy("INPUT", "DROP"))).toBe(1);
    expect(number(filter("away", "INPUT -g away"))).toBe(2);
    expect(number(filter("away", "INPUT -g away").policy("INPUT", "DROP"))).toBe(1);
  });
  it("is moved up where it came too late, and kept where it works", () => {
    const late = filter("INPUT -j DROP", `INPUT ${SSH}`);
    const { table, placements } = applyService(late, allow("ssh"));
    expect(placements[0]).toMatchObject({ action: "moved", number: 1, chain: "INPUT" });
    expect(listed(table, "INPUT")).toEqual([SSH, "-j DROP"]);
    const again = applyService(table, allow("ssh"));
    expect(again.table).toBe(table);
    expect(again.placements.map(({ action }) => action)).toEqual(["kept", "kept"]);
  });
});

describe("a block", () => {
  const BLOCK = "-s 203.0.113.51/32 -j DROP";
  const top = filter(
    "INPUT -i lo -j ACCEPT",
    "INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
    `INPUT ${SSH}`,
  );
  it("lands on top, after loopback and established connections", () => {
    expect(listed(applyService(top, block("203.0.113.51/32")).table, "INPUT")[2]).toBe(BLOCK);
    expect(resultOf(filter(`INPUT ${SSH}`), block("203.0.113.51/32"))[0]).toBe(BLOCK);
  });
  it("follows the blocks that are there", () => {
    const one = applyService(top, block("203.0.113.51/32")).table,
      two = applyService(one, block("203.0.113.52/32"));
    expect(two.placements[0]).toMatchObject({ action: "added", number: 4 });
  });
  it("is kept where nothing above lets the address in", () => {
    const table = filter("INPUT -j LOG", "INPUT -p tcp --dport 22 -s 10.0.0.1 -j ACCEPT", `INPUT ${BLOCK}`);
    const applied = applyService(table, block("203.0.113.51/32"));
    expect(applied.table).toBe(table);
  });
  it("is moved up from behind a rule that lets the address in", () => {
    const applied = applyService(filter(`INPUT ${SSH}`, `INPUT ${BLOCK}`), block("203.0.113.51/32"));
    expect(applied.placements[0]).toMatchObject({ action: "moved", number: 1 });
    expect(listed(applied.table, "INPUT")).toEqual([BLOCK, SSH]);
  });
  it("replaces the same block in another way", () => {
    const applied = applyService(filter(`INPUT ${BLOCK}`), block("203.0.113.51/32", { reject: true }));
    expect(applied.placements[0]).toMatchObject({ action: "replaced", number: 1 });
    expect(applied.table.rules("INPUT").length).toBe(1);
    const again = applyService(applied.table, block("203.0.113.51/32", { reject: true }));
    expect(again.table).toBe(applied.table);
  });
});

it("is refused for a service that there is none of", () => {
  for (const make of [() => allow("sssh" as "ssh"), () => blockOutgoing("toString" as "ssh")])
    expect(make).toThrow(expect.objectContaining({ code: "invalid-value" }));
});

it("changes nothing the second time, whatever is there", () => {
  const all: readonly Service[] = [
    loopback(),
    established(),
    dropInvalid(),
    block("203.0.113.51/32"),
    allow("ssh", { from: "192.168.1.0/24" }),
    allow("web"),
    allow("postgresql", { from: "203.0.113.0/24", interface: "eth1" }),
    forward("eth1", "eth0"),
    blockOutgoing("smtp"),
  ];
  for (const start of [filter(), filter("INPUT -j DROP", "OUTPUT -j REJECT", "FORWARD -j DROP")]) {
    const once = all.reduce((table, service) => applyService(table, service).table, start);
    const twice = all.reduce((table, service) => applyService(table, service).table, once);
    expect(twice).toBe(once);
    expect(twice.rules("INPUT").length).toBeGreaterThanOrEqual(6);
  }
});
