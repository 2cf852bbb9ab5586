import { describe, expect, it } from "vitest";
import { createConnection, deleteConnections, listConnections } from "../../../src/host/conntrack.js";
import { hostAddresses, hostInterfaces } from "../../../src/host/links.js";
import { ancestry, socketOwners } from "../../../src/host/processes.js";
import { resolversIn } from "../../../src/host/resolvers.js";
import { defaultGateways, hostRoutes, routeTo } from "../../../src/host/routes.js";
import { destroySockets, listSockets } from "../../../src/host/sockets.js";
import { host32 } from "../../../src/netlink/attributes.js";
import { HEADER, NLM_F, NLMSG_DONE, NLMSG_ERROR } from "../../../src/netlink/wire.js";
import { MessageWriter } from "../../../src/netlink/writer.js";
import { filesOf } from "./files.js";
import { hostSaying, recordedHost } from "./recorded-host.js";

/** The end of a dump, or what the kernel says of message `sequence`. */
function said(type: number, errno: number, { sequence = 1, flags = 0 } = {}): Uint8Array {
  const writer = new MessageWriter(),
    payload = new Uint8Array(Int32Array.of(-errno).buffer);
  writer.beginWith({ type, flags, sequence }, payload);
  writer.end();
  return writer.take();
}
const joined = (...all: readonly Uint8Array[]): Uint8Array => Uint8Array.from(all.flatMap((one) => [...one]));

describe("what the kernel was recorded to say", () => {
  it("of sockets", async () => {
    const sockets = await listSockets(recordedHost);
    const summary = sockets.map(({ family, state, local, dualStack }) => [
      family,
      state,
      local.port === 22,
      dualStack,
    ]);
    expect(summary.sort()).toEqual(
      [
        ["ipv4", "ESTABLISHED", false, undefined],
        ["ipv4", "ESTABLISHED", true, undefined],
        ["ipv6", "ESTABLISHED", false, undefined],
        ["ipv6", "ESTABLISHED", true, undefined],
        ["ipv6", "LISTEN", true, true],
      ].sort(),
    );
    for (const socket of sockets.filter(({ state }) => state === "ESTABLISHED"))
      expect(socket.traffic).toMatchObject({ received: 5, backoff: 0 });
    expect(new Set(sockets.map(({ cookie }) => cookie)).size).toBe(5);
    expect(JSON.parse(JSON.stringify(sockets))).toEqual(sockets);
  });
  it("of interfaces and addresses", async () => {
    expect(await hostInterfaces(recordedHost)).toEqual(
      expect.arrayContaining([
        { index: 1, name: "lo", up: true, loopback: true },
        expect.objectContaining({ name: "a0", up: true, loopback: false, kind: "veth" }),
      ]),
    );
    expect(await hostAddresses(recordedHost)).toEqual(
      expect.arrayContaining([
        {
          family: "ipv4",
          address: "127.0.0.1",
          prefixLength: 8,
          interface: "lo",
          scope: "host",
          dynamic: false,
        },
        {
          family: "ipv4",
          address: "192.0.2.2",
          prefixLength: 24,
          interface: "a0",
          scope: "universe",
          dynamic: false,
        },
        {
          family: "ipv6",
          address: "2001:db8::2",
          prefixLength: 64,
          interface: "a0",
          scope: "universe",
          dynamic: false,
        },
      ]),
    );
  });
  it("of routes", async () => {
    const routes = await hostRoutes(recordedHost),
      to = (network: string) => routes.find(({ destination }) => destination === network);
    expect(await defaultGateways(recordedHost)).toEqual(["192.0.2.1", "2001:db8::1"]);
    expect(to("198.51.100.0/24")?.hops.map(({ gateway }) => gateway)).toEqual(["192.0.2.3", "192.0.2.4"]);
    expect(to("203.0.113.0/24")).toMatchObject({ type: "blackhole", hops: [] });
    expect(to("233.252.0.0/24")?.hops).toEqual([{ interface: "a0", gateway: "2001:db8::9" }]);
    expect(to("0.0.0.0/0")).toMatchObject({ metric: 7, table: 254 });
    expect(to("192.0.2.0/24")).toMatchObject({ source: "192.0.2.2" });
  });
  it("of tracked connections", async () => {
    expect(await listConnections(recordedHost, "ipv4")).toEqual([
      {
        family: "ipv4",
        original: {
          protocol: "tcp",
          source: "203.0.113.7",
          sourcePort: 51514,
          destination: "192.0.2.2",
          destinationPort: 22,
        },
        reply: {
          protocol: "tcp",
          source: "192.0.2.2",
          sourcePort: 22,
          destination: "203.0.113.7",
          destinationPort: 51514,
        },
        id: expect.any(Number),
        seenReply: true,
        assured: true,
        tcpState: "ESTABLISHED",
        timeout: expect.any(Number),
        mark: 0,
      },
    ]);
    expect((await listConnections(recordedHost, "ipv6")).map(({ original }) => original.source)).toEqual([
      "2001:db8::7",
    ]);
  });
});

describe("what the kernel refuses", () => {
  it.each([
    [1, "permission"],
    [93, "host"],
    [95, "host"],
  ])("errno %i is an error of code %s that says what was done", async (errno, code) => {
    const host = hostSaying(said(NLMSG_ERROR, errno));
    const error = await listConnections(host, "ipv4").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, context: { operation: "listing the tracked ipv4 connections" } });
  });
  it.each([
    ["no route", 101],
    ["an unreachable one", 113],
    ["a prohibited one", 13],
    ["a black hole", 22],
  ])("%s is no way to a peer", async (_, errno) => {
    const names = said(NLMSG_DONE, 0);
    const host = hostSaying(names, said(NLMSG_ERROR, errno));
    expect(await routeTo(host, "192.0.2.1")).toBeUndefined();
  });
  it("what has gone meanwhile is no failure; anything else is", async () => {
    const [socket] = await listSockets(recordedHost);
    const gone = said(NLMSG_ERROR, 2),
      done = said(NLMSG_ERROR, 0, { sequence: 2 });
    expect(await destroySockets(hostSaying(joined(gone, done)), [socket!, socket!])).toBe(1);
    const refused = hostSaying(said(NLMSG_ERROR, 95));
    await expect(destroySockets(refused, [socket!])).rejects.toMatchObject({ code: "host" });
    expect(await createConnection(hostSaying(said(NLMSG_ERROR, 17)), ENTRY)).toBe(false);
  });
});
const ENTRY = {
  family: "ipv4",
  source: "192.0.2.1",
  sourcePort: 5,
  destination: "192.0.2.2",
  destinationPort: 22,
} as const;

describe("a list that changes while it is read", () => {
  const torn = said(NLMSG_DONE, 0, { flags: NLM_F.dumpInterrupted }),
    whole = said(NLMSG_DONE, 0);
  it("is read again", async () => {
    const host = hostSaying(torn, torn, whole);
    expect(await listConnections(host, "ipv4")).toEqual([]);
    expect(host.asked.length).toBe(3);
  });
  it("but not for ever", async () => {
    const host = hostSaying(torn);
    await listConnections(host, "ipv4");
    expect(host.asked.length).toBe(4);
  });
});

describe("connections of an address", () => {
  it.each([
    ["203.0.113.7", 1],
    ["203.0.113.0/24", 1],
    ["192.0.2.2/32", 1],
    ["0.0.0.0/0", 1],
    ["203.0.113.8", 0],
    ["2001:db8::/32", 1],
    ["2001:db8::8", 0],
  ])("of %s, %i is deleted by its tuple and number", async (network, count) => {
    const asked: Uint8Array[] = [];
    const host = {
      ...recordedHost,
      netfilter: async (request: Uint8Array) => {
        if (asked.push(request.slice()) === 1) return recordedHost.netfilter(request);
        return said(NLMSG_ERROR, 0);
      },
    };
    expect(await deleteConnections(host, network)).toBe(count);
    expect(asked.length).toBe(1 + count);
    if (count) expect(host32(asked[1]!, 0)).toBe(asked[1]!.length);
    if (count) expect(asked[1]!.length).toBeGreaterThan(HEADER + 40);
  });
  it.each(["192.0.2", "192.0.2.0/33", "192.0.2.1/255.0.255.0", "::1/129", "", "10.0.0.0/"])(
    "%j is no network",
    async (text) => {
      await expect(deleteConnections(recordedHost, text)).rejects.toMatchObject({ code: "invalid-value" });
    },
  );
});

describe("processes", () => {
  const files = filesOf({
    "/proc/1/comm": "systemd\n",
    "/proc/1/stat": "1 (systemd) S 0 1 1",
    "/proc/70/stat": "70 (a) b (c) S 1 70 70",
    "/proc/71/stat": "71 (node) R 70 71 70",
    "/proc/71/comm": "node\n",
    "/proc/71/fd/3": "-> socket:[1234]",
    "/proc/71/fd/4": "-> pipe:[1235]",
    "/proc/1/fd/9": "-> socket:[1234]",
  });
  it("that hold a socket are found by its inode", async () => {
    expect(await socketOwners(new Set([1234, 1235]), files)).toEqual(
      new Map([
        [
          1234,
          [
            { pid: 1, name: "systemd" },
            { pid: 71, name: "node" },
          ],
        ],
      ]),
    );
  });
  it("descend from others, whatever they are called", async () => {
    const found = [];
    for await (const one of ancestry(71, files)) found.push(one);
    expect(found).toEqual([
      { pid: 71, name: "node" },
      { pid: 70, name: "a) b (c" },
      { pid: 1, name: "systemd" },
    ]);
  });
});

it("name servers are read as resolv.conf(5) has them", () => {
  const text =
    "# nameserver 9.9.9.9\nnameserver 192.0.2.53\n\tnameserver\t2001:db8::53 \nnameserver fe80::1%eth0\n";
  expect(resolversIn(`${text}nameserver 192.0.2.53\nnameserver nonsense\noptions ndots:1\n`)).toEqual([
    "192.0.2.53",
    "2001:db8::53",
    "fe80::1",
  ]);
});
