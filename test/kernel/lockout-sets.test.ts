import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Family, SafetyVerdict } from "../../src/index.js";
import { CLIENTS, HostPair, SERVER } from "./safety/host-pair.js";

/** Verdicts about rules that look into sets, and what packets do. */
const pair = new HostPair();
beforeAll(() => pair.begin());
afterAll(() => pair.close());

/** More entries than are read: the kernel is asked about each address. */
const MANY = Array.from({ length: 9000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
const PEER = CLIENTS.ipv4[0]!;
type Lines = readonly string[];
/** Sets named s, with the client in them and without. */
const SETS: Readonly<Record<string, { readonly inside: Lines; readonly outside: Lines }>> = {
  "hash:ip": {
    inside: ["create s hash:ip", `add s ${PEER}`],
    outside: ["create s hash:ip", "add s 192.0.2.1"],
  },
  "hash:ip with a netmask": {
    inside: ["create s hash:ip netmask 24", "add s 198.51.100.99"],
    outside: ["create s hash:ip netmask 24", "add s 198.51.101.99"],
  },
  "hash:net": {
    inside: ["create s hash:net", "add s 198.51.100.0/25"],
    outside: ["create s hash:net", "add s 198.51.100.128/25"],
  },
  "hash:net, a part taken out again": {
    inside: ["create s hash:net", "add s 198.51.100.0/24", "add s 198.51.100.8/31 nomatch"],
    outside: ["create s hash:net", "add s 198.51.100.0/24", "add s 198.51.100.6/31 nomatch"],
  },
  "bitmap:ip": {
    inside: ["create s bitmap:ip range 198.51.100.0/24", `add s ${PEER}`],
    outside: ["create s bitmap:ip range 198.51.100.0/24", "add s 198.51.100.9"],
  },
  "a long one": {
    inside: ["create s hash:net", ...MANY.map((one) => `add s ${one}`), `add s ${PEER}`],
    outside: ["create s hash:net", ...MANY.map((one) => `add s ${one}`)],
  },
  "a list of sets": {
    inside: [
      "create a hash:ip",
      "create b hash:net",
      "create c hash:ip family inet6",
      "add b 198.51.100.0/29",
      "create s list:set",
      "add s a",
      "add s b",
      "add s c",
    ],
    outside: [
      "create a hash:ip",
      "create b hash:net",
      "create c hash:ip family inet6",
      "create s list:set",
      "add s a",
      "add s b",
      "add s c",
    ],
  },
};
const RULES = {
  "what is in it is dropped": ":INPUT ACCEPT\n-A INPUT -m set --match-set s src -j DROP",
  "what is not in it is dropped": ":INPUT ACCEPT\n-A INPUT -m set ! --match-set s src -j DROP",
  "only what is in it may come":
    ":INPUT DROP\n-A INPUT -m set --match-set s src -j ACCEPT\n-A INPUT -p udp -j ACCEPT",
  "nor may what goes to it":
    ":INPUT ACCEPT\n:OUTPUT ACCEPT\n-A OUTPUT -m set --match-set s dst -j REJECT --reject-with icmp-port-unreachable",
};

function clear(): void {
  for (const tool of ["iptables-legacy", "ip6tables-legacy"]) {
    for (const chain of ["INPUT", "OUTPUT"]) pair.server.run(tool, ["-P", chain, "ACCEPT"]);
    pair.server.run(tool, ["-F"]);
  }
  // A list lets go of its sets before they can go.
  pair.server.run("ipset", ["flush"]);
  pair.server.run("ipset", ["destroy"]);
}
const connects = (family: Family = "ipv4"): Promise<boolean> =>
  pair.client.ask({
    do: "open",
    name: "try",
    from: CLIENTS[family][0]!,
    to: SERVER[family],
    port: 22,
    patience: 100,
  });
/** What is said about a client, with the rules that are there. */
async function said(from: string | undefined, family: Family = "ipv4"): Promise<SafetyVerdict> {
  const protect = [{ port: 22, ...(from !== undefined && { from }) }];
  await using firewall = await pair.server.open({ family, protect });
  const { endpoints } = await firewall.judge(),
    own = endpoints.find((one) => one.endpoint.family === family && one.endpoint.from === from);
  return own!.parts.find(({ part }) => part === "new connections")!.verdict;
}

/** What is asked about all of them; of two, everything. */
const WELL_ASKED = ["hash:ip", "a list of sets"];
describe.each(Object.entries(SETS))("%s:", (name, sets) => {
  const rules = Object.entries(RULES);
  it.each(WELL_ASKED.includes(name) ? rules : rules.slice(0, 1))("%s", async (_, rules) => {
    for (const lines of [sets.inside, sets.outside]) {
      clear();
      pair.server.run("ipset", ["restore"], `${lines.join("\n")}\n`);
      pair.server.run("iptables-legacy-restore", [], `*filter\n${rules}\nCOMMIT\n`);
      expect(await said(PEER)).toBe((await connects()) ? "safe" : "cut");
    }
  });
});

describe("beyond single addresses of IPv4", () => {
  beforeEach(clear);
  it("IPv6", async () => {
    const six = CLIENTS.ipv6[0]!;
    pair.server.run("ipset", ["restore"], `create s hash:net family inet6\nadd s ${six}\n`);
    pair.server.run("ip6tables-legacy", [
      "-A",
      "INPUT",
      ..."-m set --match-set s src -p tcp -j DROP".split(" "),
    ]);
    expect(await said(six, "ipv6")).toBe("cut");
    expect(await connects("ipv6")).toBe(false);
    pair.server.run("ipset", ["del", "s", six]);
    expect(await said(six, "ipv6")).toBe("safe");
    expect(await connects("ipv6")).toBe(true);
  });
  it("networks and anyone: a short set is read, of a long one it is enough that somebody is not in it", async () => {
    pair.server.run("ipset", ["restore"], `${SETS["a long one"]!.outside.join("\n")}\n`);
    pair.server.run("iptables-legacy", ["-A", "INPUT", ..."-m set --match-set s src -j DROP".split(" ")]);
    expect(await said("198.51.100.0/24")).toBe("unproved");
    expect(await said(undefined)).toBe("safe");
    pair.server.run("ipset", ["flush", "s"]);
    expect(await said("198.51.100.0/24")).toBe("safe");
    pair.server.run("ipset", ["add", "s", PEER]);
    expect(await said("198.51.100.0/24")).toBe("cut");
  });
  it("ports and addresses together are not known", async () => {
    pair.server.run("ipset", ["create", "s", "hash:ip,port"]);
    pair.server.run("iptables-legacy", ["-A", "INPUT", ..."-m set --match-set s src,dst -j DROP".split(" ")]);
    expect(await said(PEER)).toBe("unproved");
  });
});
