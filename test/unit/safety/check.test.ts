import { describe, expect, it } from "vitest";
import { check, type Endpoint, type HostFacts, printRule } from "../../../src/index.js";
import { ADMIN, endpoint, filter, judge, tablesOf } from "./rules.js";

const verdict = async (text: string, more: Partial<Endpoint> = {}, facts: HostFacts = {}) =>
  (await judge(text, more, facts)).verdict;
const ESTABLISHED = "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT";
const MARKED = "*mangle\n-A PREROUTING -j MARK --set-mark 1\nCOMMIT\n";
const SSH = "-A INPUT -p tcp --dport 22 -j ACCEPT";

describe("the verdict", () => {
  it.each([
    ["safe", filter(SSH)],
    ["cut", filter("")],
    ["cut", filter(`-A INPUT -s 203.0.113.0/24 -j DROP\n${SSH}`)],
    ["safe", filter(`-A INPUT -s 203.0.112.0/24 -j DROP\n${SSH}`)],
    // The handshake passes, what follows does not.
    ["cut", filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT")],
    ["safe", filter(`${ESTABLISHED}\n-A INPUT -p tcp --dport 22 --syn -j ACCEPT`)],
    ["cut", filter(ESTABLISHED)],
    ["cut", filter(SSH, ":INPUT DROP\n:OUTPUT DROP")],
    ["safe", filter(`${SSH}\n-A OUTPUT -p tcp --sport 22 -j ACCEPT`, ":INPUT DROP\n:OUTPUT DROP")],
    ["throttled", filter(`${ESTABLISHED}\n-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT`)],
    // A limit on packets of an open connection is no throttle.
    ["unproved", filter("-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT")],
    ["unproved", filter("-A INPUT -p tcp --dport 22 -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT")],
    // What is not known makes no difference.
    ["safe", filter(`-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j LOG\n${SSH}`)],
    ["safe", filter(`:U -\n-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j U\n${SSH}\n-A U -j RETURN`)],
    // Each world drops it by another rule.
    ["cut", filter("-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j DROP\n-A INPUT -j DROP")],
    ["cut", filter(":A -\n:B -\n-A INPUT -g A\n-A INPUT -j ACCEPT\n-A A -j B\n-A B -p udp -j ACCEPT")],
    [
      "safe",
      filter(":A -\n:B -\n-A INPUT -j A\n-A A -g B\n-A A -j DROP\n-A B -p udp -j ACCEPT", ":INPUT ACCEPT"),
    ],
    ["cut", `*security\n:INPUT DROP\nCOMMIT\n`],
    ["cut", `*mangle\n:POSTROUTING DROP\nCOMMIT\n`],
    ["cut", `*raw\n:PREROUTING DROP\nCOMMIT\n`],
    // In raw nothing is tracked yet.
    ["safe", "*raw\n-A PREROUTING -m conntrack --ctstate NEW -j DROP\nCOMMIT\n"],
    ["cut", "*raw\n-A PREROUTING -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n"],
    ["safe", `${MARKED}${filter("-A INPUT -m mark --mark 1 -j ACCEPT")}`],
    ["cut", `${MARKED}${filter("-A INPUT -m mark ! --mark 1 -j ACCEPT")}`],
    [
      "safe",
      `*raw\n-A PREROUTING -j NOTRACK\n-A OUTPUT -j NOTRACK\nCOMMIT\n${filter("-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT")}`,
    ],
    [
      "cut",
      `*raw\n-A PREROUTING -j NOTRACK\n-A OUTPUT -j NOTRACK\nCOMMIT\n${filter(`${ESTABLISHED}\n-A INPUT -m state --state NEW -j ACCEPT`)}`,
    ],
    ["unproved", `*raw\n-A PREROUTING -j NOTRACK\nCOMMIT\n${filter(SSH)}`],
  ])("is %s for %s", async (expected, text) => {
    expect(await verdict(text)).toBe(expected);
  });

  it("follows a port that is led elsewhere", async () => {
    const redirected = `*nat\n-A PREROUTING -p tcp --dport 22 -j REDIRECT --to-ports 2222\nCOMMIT\n`,
      open = `${redirected}${filter("-A INPUT -p tcp --dport 2222 -j ACCEPT")}`;
    expect(await verdict(open)).toBe("unproved");
    expect(await verdict(open, {}, { listening: [22, 2222] })).toBe("safe");
    expect(await verdict(open, {}, { listening: [22] })).toBe("cut");
    expect(await verdict(`${redirected}${filter(SSH)}`, {}, { listening: [22, 2222] })).toBe("cut");
    const answers = ":INPUT ACCEPT\n:OUTPUT DROP";
    expect(
      await verdict(
        `${redirected}${filter("-A OUTPUT -p tcp --sport 2222 -j ACCEPT", answers)}`,
        {},
        { listening: [2222] },
      ),
    ).toBe("safe");
    // Answers that only some of conntrack sees keep the server's port until they leave.
    const half = `*raw\n-A OUTPUT -p tcp ! --dport 30000:65535 -j NOTRACK\nCOMMIT\n${redirected.replace("*nat\n", "*nat\n:OUTPUT DROP\n")}`;
    expect(await verdict(half, {}, { listening: [22, 2222] })).toBe("unproved");
    const elsewhere = "*nat\n-A PREROUTING -p tcp --dport 22 -j DNAT --to-destination 10.0.0.9\nCOMMIT\n";
    expect(await verdict(elsewhere, {}, { addresses: ["198.51.100.4"] })).toBe("cut");
    expect(await verdict(elsewhere, {}, { addresses: ["198.51.100.4", "10.0.0.9"] })).toBe("safe");
    expect(await verdict(elsewhere)).toBe("unproved");
  });

  it("of an open connection depends on its entry in conntrack", async () => {
    const session = { peerPort: 51514, to: "198.51.100.4" },
      text = filter(`${ESTABLISHED}\n${SSH.replace("-j", "-m conntrack --ctstate NEW -j")}`),
      only = filter(ESTABLISHED);
    expect(await verdict(text, { ...session, tracked: true })).toBe("safe");
    const { endpoints } = await judge(only, { ...session, tracked: false });
    expect(endpoints[0]?.parts.map(({ verdict }) => verdict)).toEqual(["unproved", "cut"]);
    const kept = await judge(only, { ...session, tracked: true });
    expect(kept.endpoints[0]?.parts.map(({ verdict }) => verdict)).toEqual(["safe", "cut"]);
  });

  it("says whether a connection comes back after a rollback", async () => {
    const session = { peerPort: 51514, tracked: true };
    const survives = async (target: string) =>
      (await judge(filter(`-A INPUT -p tcp -j ${target}`), session)).endpoints[0]?.survivesRollback;
    expect(await survives("DROP")).toBe(true);
    expect(await survives("REJECT")).toBe(true);
    expect(await survives("REJECT --reject-with tcp-reset")).toBe(false);
  });

  it("needs IPv6 to find its neighbours", async () => {
    const open = "-A INPUT -p tcp --dport 22 -j ACCEPT",
      more = { family: "ipv6", from: "2001:db8::7" } as const;
    expect(await verdict(filter(open), more)).toBe("cut");
    expect(await verdict(filter(`${open}\n-A INPUT -p ipv6-icmp -j ACCEPT`), more)).toBe("safe");
    expect(
      await verdict(
        filter(`${open}\n-A INPUT -p ipv6-icmp --icmpv6-type 135 -m hl --hl-eq 255 -j ACCEPT`),
        more,
      ),
    ).toBe("unproved");
  });

  it("for anyone asks whether there is anyone left", async () => {
    const anyone = { from: "0.0.0.0/0" };
    expect(await verdict(filter("-A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT"), anyone)).toBe("safe");
    expect(await verdict(filter("-A INPUT -s 10.0.0.0/8 -p tcp --dport 80 -j ACCEPT"), anyone)).toBe("cut");
    expect(
      await verdict(filter("-A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT"), { from: "0.0.0.0/1" }),
    ).toBe("cut");
  });

  it("is unproved where there is nothing to protect", async () => {
    expect((await check(tablesOf(filter(SSH)), [])).verdict).toBe("unproved");
  });
});

describe("the report", () => {
  const text = filter(`:GEO -\n-A INPUT -p tcp -j GEO\n${SSH}\n-A GEO -s 203.0.113.0/24 -j DROP`);
  it("shows the way, the rule that decides, and a packet", async () => {
    const { endpoints } = await judge(text, { to: "198.51.100.4" }),
      [leg] = endpoints[0]!.parts[0]!.legs;
    expect(leg!.path.map(({ table, chain, number, did }) => `${table}/${chain} ${number} ${did}`)).toEqual([
      "filter/INPUT 1 jump GEO",
      "filter/GEO 1 DROP",
    ]);
    expect(leg!.witness).toMatchObject({
      source: ADMIN,
      destination: "198.51.100.4",
      dport: 22,
      flags: ["SYN"],
      inInterface: "eth0",
    });
    expect(JSON.parse(JSON.stringify(endpoints))).toEqual(endpoints);
  });
  it("knows a rule that helps, and has judged it", async () => {
    const tables = tablesOf(text),
      { endpoints } = await check(tables, [endpoint()]),
      [fix] = endpoints[0]!.fixes;
    expect(fix).toMatchObject({ table: "filter", chain: "INPUT", number: 1 });
    expect(printRule(fix!.rule)).toBe(`-s ${ADMIN}/32 -p tcp -m tcp --dport 22 -j ACCEPT`);
    const mended = tables.map((table) => table.insert(fix!.chain, fix!.number, fix!.rule));
    expect((await check(mended, [endpoint()])).verdict).toBe("safe");
  });
  it("mends several chains where it takes several", async () => {
    const closed = `*raw\n:PREROUTING DROP\nCOMMIT\n*mangle\n:POSTROUTING DROP\nCOMMIT\n${filter("", ":INPUT DROP\n:OUTPUT DROP")}`;
    const { endpoints } = await judge(closed);
    expect(endpoints[0]!.fixes.map(({ table, chain }) => `${table}/${chain}`)).toEqual([
      "raw/PREROUTING",
      "filter/INPUT",
      "filter/OUTPUT",
      "mangle/POSTROUTING",
    ]);
  });
});
