import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { check, type Family } from "../../../src/index.js";
import { TcpSession } from "../tcp-session.js";
import { facts, OPEN, restoreOf, tablesOf } from "./campaign.js";
import { CLIENTS, DEVICE, HostPair, PORTS, SERVER } from "./host-pair.js";

/** What the kernel does that the evaluator builds on, each by packets; and what the evaluator says of the same rules. */
const pair = new HostPair();
beforeAll(() => pair.begin(), 60_000);
afterAll(() => pair.close());

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "OUTPUT"],
  security: ["INPUT", "OUTPUT"],
};
/** Empty tables, in which nothing wakes conntrack. */
const EMPTY = Object.entries(CHAINS)
  .map(([table, chains]) => `*${table}\n${chains.map((chain) => `:${chain} ACCEPT\n`).join("")}COMMIT\n`)
  .join("");
const filter = (rules: string, policy = "DROP"): string => `*filter\n:INPUT ${policy}\n${rules}\nCOMMIT\n`;
const raw = (rules: string): string => `*raw\n${rules}\nCOMMIT\n`;
const REDIRECT = "*nat\n-A PREROUTING -p tcp --dport 22 -j REDIRECT --to-ports 2222\nCOMMIT\n";
const NOTRACK =
  "-A PREROUTING -p tcp --dport 22 -j CT --notrack\n-A OUTPUT -p tcp --sport 22 -j CT --notrack";
const ESTABLISHED = "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT";

const load = (text: string, family: Family = "ipv4"): string => pair.server.run(restoreOf(family), [], text);
/** The tables as they were, then these in their place. */
function replace(text: string, family: Family = "ipv4"): void {
  load(EMPTY, family);
  load(text, family);
}
let count = 0;
const open = (
  family: Family,
  patience: number,
  more: { readonly handshake?: true; readonly from?: string } = {},
) =>
  pair.client.ask({
    do: "open",
    name: `${++count}`,
    from: CLIENTS[family][0]!,
    to: SERVER[family],
    port: 22,
    patience,
    ...more,
  });
/** Whether a new connection carries a byte there and back; what was said of it must be so. */
async function works(text: string, family: Family = "ipv4"): Promise<boolean> {
  replace(text, family);
  const endpoint = {
    family,
    protocol: "tcp",
    from: CLIENTS[family][0]!,
    to: SERVER[family],
    port: 22,
    interfaces: [DEVICE],
    provenance: [],
  } as const;
  const { endpoints } = await check(tablesOf(text, family), [endpoint], { facts, fixes: false }),
    { verdict } = endpoints[0]!.parts.find(({ part }) => part === "new connections")!;
  const does = await open(family, verdict === "safe" ? 1500 : 150);
  expect(verdict).toBe(does ? "safe" : "cut");
  return does;
}
/** Whether a connection that was opened behind `before` goes on when its client speaks behind `text`. */
async function goesOn(before: string, text: string): Promise<boolean> {
  replace(before);
  expect(await open("ipv4", 1500)).toBe(true);
  const name = `${count}`;
  load(text);
  return pair.client.ask({ do: "ping", name, patience: 300 });
}

beforeEach(async () => {
  await pair.client.ask({ do: "close" });
  for (const family of ["ipv4", "ipv6"] as const) {
    await pair.forget(family);
    load(EMPTY, family);
  }
});

describe("in raw, before conntrack,", () => {
  it.each([
    ["every packet is INVALID", "INVALID", false],
    ["none is NEW", "NEW", true],
    ["none is UNTRACKED", "UNTRACKED", true],
  ])("%s", async (_, state, arrives) => {
    const text = raw(`-A PREROUTING -p tcp --dport 22 -m conntrack --ctstate ${state} -j DROP`);
    expect(await works(text)).toBe(arrives);
  });
  it("those that NOTRACK has met are UNTRACKED, there and later", async () => {
    const drop = "-A PREROUTING -p tcp --dport 22 -m conntrack --ctstate UNTRACKED -j DROP";
    expect(await works(raw(`${NOTRACK}\n${drop}`))).toBe(false);
    expect(await works(raw(NOTRACK) + filter("-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT"))).toBe(
      true,
    );
    expect(
      await works(raw(NOTRACK) + filter("-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT")),
    ).toBe(false);
  });
});

describe("an open connection", () => {
  it("that conntrack does not know is NEW when its client speaks, ESTABLISHED when its server has", async () => {
    pair.server.run("ip", ["link", "set", "lo", "up"]);
    const rules = filter(`-A INPUT -p tcp --dport 7022 -m conntrack --ctstate NEW -j DROP`, "ACCEPT");
    for (const [speaker, heard] of [
      ["client", "silence"],
      ["server", "heard"],
    ] as const) {
      load(EMPTY);
      const session = await TcpSession.open(pair.server, "127.0.0.1", 7022);
      try {
        load(rules);
        expect(await session.say(speaker)).toBe(heard);
      } finally {
        await session.close();
      }
    }
  });
  it("is not picked up in the middle with nf_conntrack_tcp_loose=0", async () => {
    const loose = (value: number) =>
        pair.server.run("sh", ["-c", `echo ${value} > /proc/sys/net/netfilter/nf_conntrack_tcp_loose`]),
      rules = filter("-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT");
    expect(await goesOn(EMPTY, rules)).toBe(true);
    loose(0);
    try {
      expect(await goesOn(EMPTY, rules)).toBe(false);
    } finally {
      loose(1);
    }
  });
  it("that conntrack knows is ESTABLISHED whoever speaks", async () => {
    expect(await goesOn(OPEN, filter(ESTABLISHED))).toBe(true);
  });
  it("dies where NOTRACK comes to rules that accept ESTABLISHED only", async () => {
    expect(await goesOn(OPEN, raw(NOTRACK) + filter(ESTABLISHED))).toBe(false);
  });
  it("that conntrack sees one way only is left unproved", async () => {
    const text =
      raw("-A PREROUTING -p tcp --dport 22 -j CT --notrack") +
      filter(
        "-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT\n-A OUTPUT -m conntrack --ctstate INVALID -j DROP",
      );
    const { verdict } = await check(
      tablesOf(text, "ipv4"),
      [
        {
          family: "ipv4",
          protocol: "tcp",
          from: CLIENTS.ipv4[0]!,
          port: 22,
          interfaces: [DEVICE],
          provenance: [],
        },
      ],
      { facts, fixes: false },
    );
    expect(verdict).toBe("unproved");
  });
  it("is left alone by REDIRECT where conntrack knows it, and led away where it does not", async () => {
    expect(await goesOn(OPEN, REDIRECT)).toBe(true);
    expect(await goesOn(EMPTY, REDIRECT)).toBe(false);
  });
  it("outlives a time without conntrack in which it has sent megabytes", async () => {
    replace(OPEN);
    expect(await open("ipv4", 1500)).toBe(true);
    const name = `${count}`;
    load(EMPTY);
    const bytes = 26_000_000;
    expect(await pair.client.ask({ do: "ping", name, patience: 10_000, bytes })).toBe(true);
    load(filter(`-A INPUT -m conntrack --ctstate INVALID -j DROP\n${ESTABLISHED}`));
    expect(await pair.client.ask({ do: "ping", name, patience: 1500 })).toBe(true);
  }, 20_000);
});

describe("a new connection", () => {
  it("is opened by rules that accept NEW only, and carries nothing", async () => {
    const text = filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT");
    expect(await works(text)).toBe(false);
    expect(await open("ipv4", 1500, { handshake: true })).toBe(true);
  });
  it("is not opened where OUTPUT drops ESTABLISHED: its first answer is that", async () => {
    const text = "*filter\n-A OUTPUT -m conntrack --ctstate ESTABLISHED -j DROP\nCOMMIT\n";
    expect(await works(text)).toBe(false);
    expect(await open("ipv4", 300, { handshake: true })).toBe(false);
  });
  it("that is led to another port has the old one before nat, the new one behind it and on the way back", async () => {
    // What connections of tests before still send is not his.
    const other = CLIENTS.ipv4[1]!,
      counting = Object.entries(CHAINS).map(([table, chains]) => {
        const rules = chains.flatMap((chain) => {
          const [peer, word] =
            chain === "OUTPUT" || chain === "POSTROUTING" ? ["d", "sport"] : ["s", "dport"];
          return PORTS.map((port) => `-A ${chain} -${peer} ${other} -p tcp --${word} ${port}\n`);
        });
        const nat = "-A PREROUTING -p tcp --dport 22 -j REDIRECT --to-ports 2222\n";
        return `*${table}\n${table === "nat" ? nat : rules.join("")}COMMIT\n`;
      });
    replace(counting.join(""));
    expect(await open("ipv4", 1500, { from: other })).toBe(true);
    const met: string[] = [];
    for (const table of Object.keys(CHAINS))
      for (const [, chain, port] of pair.server
        .run("iptables-legacy-save", ["-c", "-t", table])
        .matchAll(/^\[[1-9]\d*:\d+\] -A (\w+) .*--[sd]port (\d+)$/gm))
        met.push(`${table} ${chain} ${port}`);
    expect(new Set(met)).toEqual(
      new Set([
        "raw PREROUTING 22",
        "mangle PREROUTING 22",
        "mangle INPUT 2222",
        "filter INPUT 2222",
        "security INPUT 2222",
        "raw OUTPUT 2222",
        "mangle OUTPUT 2222",
        "filter OUTPUT 2222",
        "security OUTPUT 2222",
        "mangle POSTROUTING 2222",
      ]),
    );
  });
  it("meets a policy of DROP in nat, which only a file can set, where conntrack is awake", async () => {
    expect(pair.server.try("iptables-legacy", ["-t", "nat", "-P", "PREROUTING", "DROP"]).status).not.toBe(0);
    for (const chain of ["PREROUTING", "INPUT"]) {
      const policy = `*nat\n:${chain} DROP\nCOMMIT\n`,
        awake = "*filter\n-A INPUT -p udp -m conntrack --ctstate NEW\nCOMMIT\n";
      expect(await works(policy)).toBe(true);
      expect(await works(policy + awake)).toBe(false);
    }
  });
  it("that a goto has led away comes back to the chain before", async () => {
    const chains = (word: string) =>
      `*filter\n:A -\n:B -\n-A INPUT -j A\n-A A ${word} B\n-A A -j DROP\nCOMMIT\n`;
    expect(await works(chains("-g"))).toBe(true);
    expect(await works(chains("-j"))).toBe(false);
  });
  it("is lost in a queue that nobody listens to, or passes by it and all that comes behind", async () => {
    const queue = (words: string) => filter(`-A INPUT -j NFQUEUE ${words}\n-A INPUT -j DROP`);
    expect(await works(queue("--queue-num 7"))).toBe(false);
    expect(await works(queue("--queue-num 7 --queue-bypass"))).toBe(true);
  });
  it("is the fourth that recent keeps out with a hitcount of four", async () => {
    replace(
      filter(
        "-A INPUT -p tcp --syn --dport 22 -m recent --name fact --set\n-A INPUT -p tcp --syn --dport 22 -m recent --name fact --update --seconds 60 --hitcount 4 -j DROP",
        "ACCEPT",
      ),
    );
    const came: boolean[] = [];
    for (let i = 0; i < 4; i++) came.push(await open("ipv4", 200));
    expect(came).toEqual([true, true, true, false]);
  });
  it("never falls between two tables while one replaces the other", async () => {
    const rule = "-A INPUT -p tcp --dport 22 -j ACCEPT",
      texts = [filter(rule), filter(`-A INPUT -p udp -j ACCEPT\n${rule}\n-A INPUT -j DROP`)];
    replace(texts[0]!);
    let swapping = true;
    const swaps = (async () => {
      for (let i = 1; i <= 40; i++) {
        load(texts[i % 2]!);
        await sleep(1);
      }
      swapping = false;
    })();
    const came: boolean[] = [];
    while (swapping) came.push(...(await Promise.all([1, 2, 3, 4].map(() => open("ipv4", 900)))));
    await swaps;
    expect(came.length).toBeGreaterThan(20);
    expect(came).not.toContain(false);
  }, 30_000);
});

describe("IPv6", () => {
  const ip = (side: "server" | "outside", words: string) => pair[side].run("ip", words.split(" "));
  const SSH = "-A INPUT -p tcp --dport 22 -j ACCEPT";
  /** Each has to find the other anew. */
  const strangers = () => {
    ip("outside", `-6 neigh del ${SERVER.ipv6} dev c0`);
    for (const client of CLIENTS.ipv6) pair.server.try("ip", ["-6", "neigh", "del", client, "dev", DEVICE]);
    ip("server", `-6 neigh flush dev ${DEVICE}`);
    ip("outside", "-6 neigh flush dev c0");
  };
  it.each([
    ["finds nobody where a policy drops neighbour discovery", filter(SSH), false],
    [
      "finds nobody by ESTABLISHED,RELATED either: conntrack leaves it alone",
      filter(`-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n${SSH}`),
      false,
    ],
    [
      "finds its neighbours where solicitations and advertisements come in",
      filter(
        `-A INPUT -p ipv6-icmp --icmpv6-type 135 -j ACCEPT\n-A INPUT -p ipv6-icmp --icmpv6-type 136 -j ACCEPT\n${SSH}`,
      ),
      true,
    ],
    [
      "finds them as UNTRACKED packets",
      filter(`-A INPUT -p ipv6-icmp -m conntrack --ctstate UNTRACKED -j ACCEPT\n${SSH}`),
      true,
    ],
  ])("%s", async (_, text, found) => {
    replace(text, "ipv6");
    strangers();
    expect(await open("ipv6", found ? 3000 : 600)).toBe(found);
    const endpoint = {
        family: "ipv6",
        protocol: "tcp",
        from: CLIENTS.ipv6[0]!,
        port: 22,
        interfaces: [DEVICE],
        provenance: [],
      } as const,
      { endpoints } = await check(tablesOf(text, "ipv6"), [endpoint], { facts, fixes: false });
    expect(endpoints[0]!.parts.find(({ part }) => part === "neighbour discovery")!.verdict).toBe(
      found ? "safe" : "cut",
    );
  });
});
