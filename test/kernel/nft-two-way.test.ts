import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  allow,
  applyService,
  block,
  established,
  type Firewall,
  forward,
  loopback,
} from "../../src/index.js";
import { familyOf, keyOf, readVectors } from "../vectors/iptables.js";
import { judgeLive, makeObjects } from "../vectors/live-nft.js";
import { expressionsOf, FORMS } from "../vectors/nft-forms.js";
import { useNamespace, withoutComments } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

const namespace = useNamespace();
const TOOL = { ipv4: "iptables-nft", ipv6: "ip6tables-nft" } as const;
const FAMILIES = ["ipv4", "ipv6"] as const;
type Family = (typeof FAMILIES)[number];
const open = (family: Family = "ipv4"): Promise<Firewall> => namespace.open({ family, backend: "nft" });
const saved = (family: Family = "ipv4") => withoutComments(namespace.run(`${TOOL[family]}-save`));
const rulesIn = (text: string) => text.split("\n").filter((line) => line.startsWith("-A"));
const run = (program: string, args: readonly string[]) => namespace.run(program, args);
let others: NfTables;
beforeAll(() => {
  others = new NfTables(namespace);
});
beforeEach(() => others.flush());

describe.each(FAMILIES)("the forms of iptables-nft 1.8.4 to 1.8.11, %s", (family) => {
  const forms = FORMS.filter((form) => form.family === (family === "ipv4" ? 4 : 6));
  it("are read from the kernel as iptables-nft reads those that it knows", async () => {
    await using firewall = await open(family);
    await firewall.restore("*filter\n:UC - [0:0]\nCOMMIT\n");
    for (const form of forms) await others.expressions(family, "UC", expressionsOf(form), form.protocol ?? 0);
    const lines = forms.map((form) => `-A UC ${form.saved}`);
    expect(rulesIn(await firewall.save())).toEqual(lines);
    // 1.8.9 stops at what it does not know, so that goes before it is asked.
    await firewall.transaction("filter", (table) =>
      forms.reduceRight((next, { newer }, i) => (newer ? next.delete("UC", i + 1) : next), table),
    );
    const known = lines.filter((_, i) => !forms[i]!.newer);
    expect(rulesIn(saved(family))).toEqual(known);
    expect(rulesIn(await firewall.save())).toEqual(known);
  });
});

/** What iptables-nft does not find although it prints it: it makes one match of two, and cuts long prefixes. */
const NOT_FOUND = /-m tcp .*-m tcp|--nflog-prefix p{60}|-p mptcp|! --[sd]port :|! -i \+/;
describe.each(FAMILIES)("rules of every extension, %s", (family) => {
  it("are found by iptables-nft in the words that they were typed in", async () => {
    makeObjects(run);
    await using firewall = await open(family);
    const judged = new Set<string>();
    for await (const { vector, problem, apart } of judgeLive(firewall, run, 23))
      if (problem === undefined && apart === undefined) judged.add(keyOf(vector));
    const missed = readVectors().filter((vector) => {
      if (familyOf(vector) !== family || !judged.has(keyOf(vector)) || vector.savedAll) return false;
      if (NOT_FOUND.test(vector.saved ?? "")) return false;
      const words = ["-t", vector.table, "-C", vector.chain, ...vector.argv];
      return namespace.try(TOOL[family], words).status !== 0;
    });
    expect(missed.map(({ argv }) => argv.join(" "))).toEqual([]);
    expect(judged.size).toBeGreaterThan(60);
  });
});

it("iptables-nft inserts before, replaces and deletes Rampart's rules, and each reads what the other left", async () => {
  await using firewall = await open();
  const text = [1, 2, 3, 4]
    .map((n) => `-A INPUT -s 192.0.2.${n}/32 -p tcp -m tcp --dport ${n} -j DROP\n`)
    .join("");
  await firewall.restore(`*filter\n${text}COMMIT\n`);
  const iptables = (words: string) => namespace.run("iptables-nft", words.split(" "));
  iptables("-I INPUT 3 -s 198.51.100.0/24 -j ACCEPT");
  iptables("-R INPUT 1 -i eth0 -p udp --dport 53 -j ACCEPT");
  iptables("-D INPUT -s 192.0.2.4 -p tcp --dport 4 -j DROP");
  const lines = [
    "-A INPUT -i eth0 -p udp -m udp --dport 53 -j ACCEPT",
    "-A INPUT -s 192.0.2.2/32 -p tcp -m tcp --dport 2 -j DROP",
    "-A INPUT -s 198.51.100.0/24 -j ACCEPT",
    "-A INPUT -s 192.0.2.3/32 -p tcp -m tcp --dport 3 -j DROP",
  ];
  expect(rulesIn(await firewall.save())).toEqual(lines);
  expect(rulesIn(saved())).toEqual(lines);
});

it("services are printed by iptables-nft as Rampart prints them", async () => {
  await using firewall = await open();
  await firewall.transaction("filter", (filter) =>
    [
      loopback(),
      established(),
      allow("ssh", { from: "203.0.113.0/24" }),
      allow("https"),
      block("203.0.113.51"),
      forward("eth1", "eth0"),
    ].reduce((table, service) => applyService(table, service).table, filter),
  );
  const lines = rulesIn(saved());
  expect(lines.length).toBeGreaterThan(6);
  expect(rulesIn(await firewall.save())).toEqual(lines);
});

describe("500 random rules", () => {
  const number = (max: number) => fc.nat(max),
    address = fc
      .tuple(number(223), number(255), number(255), number(31))
      .map(([a, b, c, length]) => `${a + 1}.${b}.${c}.0/${length + 1}`),
    not = fc.constantFrom("", "", "! "),
    network = (option: string) => fc.tuple(not, address).map(([n, value]) => `${n}${option} ${value}`),
    device = (option: string) =>
      fc.tuple(not, fc.constantFrom("eth0", "wlan+", "br-0")).map(([n, name]) => `${n}${option} ${name}`),
    port = fc.oneof(
      number(65_535).map(String),
      fc.tuple(number(1000), number(60_000)).map(([a, b]) => `${a}:${a + b + 1}`),
    );
  const protocol = fc.oneof(
    fc
      .tuple(fc.constantFrom("tcp", "udp"), not, port)
      .map(([name, n, value]) => `-p ${name} -m ${name} ${n}--dport ${value}`),
    fc
      .tuple(fc.constantFrom("tcp", "udp"), port)
      .map(([name, value]) => `-p ${name} -m multiport --sports ${value},1`),
    fc.constantFrom(
      "-p icmp -m icmp --icmp-type 8",
      "-p gre",
      "! -p udp",
      "-p tcp -m tcp --tcp-flags SYN,RST SYN",
    ),
  );
  const match = fc.oneof(
    fc
      .subarray(["INVALID", "NEW", "RELATED", "ESTABLISHED"], { minLength: 1 })
      .map((states) => `-m conntrack --ctstate ${states.join(",")}`),
    fc
      .tuple(number(99), fc.constantFrom("sec", "min", "hour"))
      .map(([n, unit]) => `-m limit --limit ${n + 1}/${unit} --limit-burst ${n + 6}`),
    fc
      .tuple(not, number(0xffff), number(0xffff))
      .map(([n, a, b]) => `-m mark ${n}--mark 0x${a.toString(16)}/0x${(b || 1).toString(16)}`),
    number(99_999).map((n) => `-m comment --comment "no. ${n}"`),
    fc.constantFrom(
      "-m addrtype --dst-type LOCAL",
      "-m pkttype --pkt-type broadcast",
      "-m ttl --ttl-lt 5",
      "-m owner ! --uid-owner 7",
    ),
  );
  const target = fc.oneof(
    fc.constantFrom(
      "-j ACCEPT",
      "-j DROP",
      "-j RETURN",
      "-j UC",
      "-g UC",
      "-j REJECT --reject-with icmp-host-prohibited",
      "-j TRACE",
      "",
    ),
    number(255).map((n) => `-j LOG --log-prefix "x${n} " --log-level ${n % 8}`),
    number(65_535).map((n) => `-j NFLOG --nflog-group ${n}`),
  );
  const part = (of: fc.Arbitrary<string>) => fc.oneof(fc.constant(""), of);
  const rule = fc
    .tuple(
      part(network("-s")),
      part(network("-d")),
      part(device("-i")),
      part(protocol),
      part(match),
      part(match),
      target,
    )
    .map((words) =>
      `-A OUTPUT ${words.filter(Boolean).join(" ")}`
        .trim()
        .replace("-A OUTPUT ! -i", "-A INPUT ! -i")
        .replace(/^-A OUTPUT(.* -i )/, "-A INPUT$1"),
    );
  /** One text a run, whatever the seed: what one tool refuses, it refuses from both. */
  const [lines = []] = fc.sample(fc.array(rule, { minLength: 500, maxLength: 500 }), {
    numRuns: 1,
    seed: 20_261_125,
  });
  const file = `*filter\n:UC - [0:0]\n${lines.filter((line) => !/owner.*-A INPUT|-A INPUT.*owner/.test(line)).join("\n")}\nCOMMIT\n`;

  it("written by Rampart, iptables-nft prints as when they are its own", async () => {
    namespace.run("iptables-nft-restore", [], file);
    const theirs = saved();
    await using firewall = await open();
    expect(withoutComments(await firewall.save())).toBe(theirs);
    await others.flush();
    await firewall.restore(file);
    expect(saved()).toBe(theirs);
    expect(withoutComments(await firewall.save())).toBe(theirs);
    expect(rulesIn(theirs).length).toBeGreaterThan(400);
  });
});
