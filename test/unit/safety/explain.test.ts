import { describe, expect, it } from "vitest";
import { explain, lint, type PacketQuery } from "../../../src/index.js";
import { filter, tablesOf } from "./rules.js";

const RULES = `*mangle
-A PREROUTING -j MARK --set-mark 7
COMMIT
*nat
-A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
${filter(":WEB -\n-A INPUT -p tcp -j LOG\n-A INPUT -p tcp --dport 80 -j WEB\n-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT\n-A WEB -s 10.0.0.0/8 -j RETURN\n-A WEB -m mark --mark 7 -j ACCEPT")}`;
const told = async (query: PacketQuery, text = RULES) => {
  const { verdict, fates } = await explain(tablesOf(text), query);
  return [
    verdict,
    ...fates.map(({ fate, how, path, doubts }) =>
      [
        how ?? fate,
        ...doubts.map(({ what }) => `if ${what}`),
        ...path.map(({ table, chain, number, did }) => `${table}/${chain} ${number} ${did}`),
      ].join("; "),
    ),
  ];
};

describe("a packet's way", () => {
  it("is shown rule by rule, what only counts or marks included", async () => {
    expect(await told({ inInterface: "eth0", source: "192.0.2.1", dport: 8080 })).toEqual([
      "accepted",
      "accepted; mangle/PREROUTING 1 MARK; mangle/PREROUTING 0 policy ACCEPT; nat/PREROUTING 1 REDIRECT; " +
        "mangle/INPUT 0 policy ACCEPT; filter/INPUT 1 LOG; filter/INPUT 2 jump WEB; filter/WEB 2 ACCEPT; nat/INPUT 0 policy ACCEPT",
    ]);
  });
  it("keeps the chains that it came back from, and names what is not known", async () => {
    const [verdict, ...fates] = await told({ inInterface: "eth0", source: "10.1.1.1", dport: 80 });
    expect(verdict).toBe("depends");
    expect(fates).toHaveLength(2);
    expect(fates[0]).toMatch(/^accepted; if -m mac; .*filter\/WEB 1 RETURN; filter\/INPUT 3 ACCEPT/);
    expect(fates[1]).toMatch(/^DROP; if -m mac; .*filter\/INPUT 0 policy DROP$/);
  });
  it("of a set of packets is one for each that goes its own", async () => {
    const [verdict, ...fates] = await told({
      inInterface: "eth0",
      source: "0.0.0.0/0",
      dport: 80,
      protocol: "tcp",
    });
    expect(verdict).toBe("depends");
    expect(fates).toHaveLength(3);
    expect(fates.some((fate) => fate.startsWith("accepted; mangle/PREROUTING 1 MARK"))).toBe(true);
  });
  it("goes through the chains of its direction", async () => {
    expect(await told({ outInterface: "eth0", destination: "192.0.2.1", dport: 443 })).toEqual([
      "accepted",
      expect.stringMatching(
        /nat\/OUTPUT.*filter\/OUTPUT.*mangle\/POSTROUTING.*nat\/POSTROUTING 1 MASQUERADE$/,
      ),
    ]);
    expect(await told({ inInterface: "eth1", outInterface: "eth0", dport: 443 })).toEqual([
      "accepted",
      expect.stringMatching(/filter\/FORWARD.*nat\/POSTROUTING 1 MASQUERADE$/),
    ]);
  });
});

describe("lint", () => {
  const kinds = async (text: string, six = "") => {
    const all = await lint([...tablesOf(text), ...tablesOf(six, "ipv6")]);
    return all.map(({ kind, chain, number, because }) =>
      [kind, chain, number, because].filter((one) => one !== undefined).join(" "),
    );
  };
  it.each([
    ["shadowed INPUT 2 1", filter("-A INPUT -p tcp -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT")],
    [
      "shadowed INPUT 3 1",
      filter("-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -p udp -j LOG\n-A INPUT -s 10.1.0.0/16 -p udp -j LOG"),
    ],
    ["never-matches INPUT 1", filter("-A INPUT -p tcp --dport 80 -m multiport --dports 81,82 -j ACCEPT")],
    ["duplicate INPUT 2 1", filter("-A INPUT -p udp -j LOG\n-A INPUT -p udp -j LOG")],
    ["unreachable-chain U", filter(":U -\n-A U -j DROP")],
    ["nat-policy PREROUTING", "*nat\n:PREROUTING DROP\nCOMMIT\n"],
    [
      "established-late INPUT 12",
      filter(
        `${Array.from({ length: 11 }, (_, i) => `-A INPUT -p tcp --dport ${i + 1} -j ACCEPT`).join("\n")}\n-A INPUT -m state --state ESTABLISHED -j ACCEPT`,
      ),
    ],
    [
      "established-untracked INPUT 1",
      `*raw\n-A PREROUTING -j NOTRACK\nCOMMIT\n${filter("-A INPUT -m state --state ESTABLISHED -j ACCEPT")}`,
    ],
    [
      "published-port DOCKER 1",
      "*nat\n:DOCKER -\n-A PREROUTING -j DOCKER\n-A DOCKER -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2\nCOMMIT\n",
    ],
  ])("finds %s", async (expected, text) => {
    expect(await kinds(text)).toEqual([expected]);
  });
  it("finds IPv6 open where IPv4 is closed", async () => {
    const open = "*filter\n:INPUT ACCEPT\nCOMMIT\n";
    expect(await kinds(filter(""), open)).toEqual(["ipv6-open INPUT"]);
    expect(await kinds(filter(""), filter(""))).toEqual([]);
  });
  it("has nothing to say about rules that depend on more than the packet", async () => {
    const text = filter(
      "-A INPUT -m limit --limit 1/sec -j DROP\n-A INPUT -m mark --mark 1 -j DROP\n-A INPUT -m conntrack --ctstate NEW -j ACCEPT\n-A INPUT -p tcp -j ACCEPT",
    );
    expect(await kinds(text)).toEqual([]);
  });
});
