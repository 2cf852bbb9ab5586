import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createConnection,
  deleteConnections,
  findConnection,
  listConnections,
} from "../../src/host/conntrack.js";
import { type Host, hostIn } from "../../src/host/host.js";
import { hostAddresses, hostInterfaces } from "../../src/host/links.js";
import { socketOwners } from "../../src/host/processes.js";
import { defaultGateways, hostRoutes, routeTo } from "../../src/host/routes.js";
import { destroySockets, listSockets } from "../../src/host/sockets.js";
import { netlinkAddon } from "../../src/native.js";
import { useNamespace } from "./namespace.js";
import { TcpSession } from "./tcp-session.js";

const namespace = useNamespace();
const ip = (words: string): string => namespace.run("ip", words.split(" "));
let host: Host;
beforeAll(() => {
  ip("link set lo up");
  ip("link add name a0 type veth peer name b0");
  ip("address add 192.0.2.2/24 dev a0");
  ip("-6 address add 2001:db8::2/64 dev a0 nodad");
  for (const name of ["a0", "b0"]) ip(`link set ${name} up`);
  ip("route add default via 192.0.2.1 metric 7");
  ip("route add 198.51.100.0/24 nexthop via 192.0.2.3 dev a0 nexthop via 192.0.2.4 dev a0");
  ip("route add blackhole 203.0.113.0/24");
  ip("-6 route add default via 2001:db8::1");
  host = hostIn(netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`));
});

describe("interfaces, addresses and routes", () => {
  it("are those that ip shows", async () => {
    const shown = JSON.parse(namespace.run("ip", ["-json", "-details", "address", "show"])) as {
      ifindex: number;
      ifname: string;
      linkinfo?: { info_kind?: string };
      addr_info: { local: string; prefixlen: number }[];
    }[];
    expect((await hostInterfaces(host)).map(({ index, name, kind }) => [index, name, kind]).sort()).toEqual(
      shown.map((one) => [one.ifindex, one.ifname, one.linkinfo?.info_kind]).sort(),
    );
    const addresses = (await hostAddresses(host)).map(
      (one) => `${one.address}/${one.prefixLength} ${one.interface}`,
    );
    expect(addresses.sort()).toEqual(
      shown
        .flatMap(({ ifname, addr_info }) =>
          addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen} ${ifname}`),
        )
        .sort(),
    );
    expect(addresses.length).toBeGreaterThan(4);
  });
  it("lead out by the gateways", async () => {
    expect(await defaultGateways(host)).toEqual(["192.0.2.1", "2001:db8::1"]);
    const several = (await hostRoutes(host)).find(({ destination }) => destination === "198.51.100.0/24");
    expect(several?.hops).toEqual([
      { interface: "a0", gateway: "192.0.2.3" },
      { interface: "a0", gateway: "192.0.2.4" },
    ]);
    const default4 = (await hostRoutes(host)).find(({ destination }) => destination === "0.0.0.0/0");
    expect(default4).toMatchObject({ table: 254, metric: 7, type: "unicast", advertised: false });
  });
  it("are asked for by peer", async () => {
    const peers = ["8.8.8.8", "192.0.2.9", "2001:db8::9", "127.0.0.1", "203.0.113.1"];
    const routes = await Promise.all(peers.map((peer) => routeTo(host, peer)));
    expect(routes.map((route) => route?.hops[0])).toEqual([
      { interface: "a0", gateway: "192.0.2.1" },
      { interface: "a0" },
      { interface: "a0" },
      { interface: "lo" },
      undefined,
    ]);
    expect(routes[0]?.source).toBe("192.0.2.2");
  });
});

describe.each([
  ["ipv4", "127.0.0.1", 2201],
  ["ipv6", "::1", 2202],
] as const)("a live connection, %s", (family, address, port) => {
  let session: TcpSession;
  beforeAll(async () => {
    session = await TcpSession.open(namespace, address, port);
  });
  afterAll(() => session.close());
  const ours = async () =>
    (await listSockets(host)).filter(({ local, remote }) => local.port === port || remote.port === port);

  it("is listed with both ends, its listener, what went over it, and whose it is", async () => {
    expect(await session.say("client")).toBe("heard");
    const sockets = await ours();
    expect(sockets.map(({ state }) => state).sort()).toEqual(["ESTABLISHED", "ESTABLISHED", "LISTEN"]);
    const server = sockets.find(({ local, state }) => state === "ESTABLISHED" && local.port === port)!;
    expect(server).toMatchObject({
      family,
      local: { address, port },
      remote: { address, port: session.clientPort },
      uid: 0,
      traffic: { received: 1, unacknowledged: 0, backoff: 0 },
    });
    const client = sockets.find(({ local }) => local.port === session.clientPort)!;
    expect(client.traffic?.acknowledged).toBeGreaterThan(0);
    const owners = await socketOwners(new Set([server.inode]));
    expect(owners.get(server.inode)).toEqual([{ pid: session.pid, name: expect.stringMatching(/node/i) }]);
  });
  it("can be made known to conntrack, is found, and is forgotten with its address", async () => {
    const tuple = {
      protocol: "tcp",
      source: address,
      sourcePort: session.clientPort,
      destination: address,
      destinationPort: port,
    } as const;
    expect(await findConnection(host, family, tuple)).toBeUndefined();
    const connection = { family, ...tuple };
    expect(await createConnection(host, connection)).toBe(true);
    expect(await createConnection(host, connection)).toBe(false);
    const found = await findConnection(host, family, tuple);
    expect(found).toMatchObject({
      original: tuple,
      seenReply: true,
      assured: true,
      tcpState: "ESTABLISHED",
    });
    expect(found!.timeout).toBeGreaterThan(290);
    expect(await listConnections(host, family)).toEqual([{ ...found, timeout: expect.any(Number) }]);
    expect(await deleteConnections(host, family === "ipv4" ? "10.0.0.0/8" : "2001:db8::/32")).toBe(0);
    expect(await deleteConnections(host, address)).toBe(1);
    expect(await listConnections(host, family)).toEqual([]);
  });
  it("ends when its socket is destroyed, and only it", async () => {
    const server = (await ours()).find(({ local, state }) => state === "ESTABLISHED" && local.port === port)!;
    expect(await destroySockets(host, [server])).toBe(1);
    expect(await destroySockets(host, [server])).toBe(0);
    await expect.poll(() => session.say("server", 50)).toBe("gone");
    expect((await ours()).map(({ state }) => state)).toEqual(["LISTEN"]);
  });
});

it("a listener of IPv6 that takes IPv4 too says so, and its connections are of the family of their packets", async () => {
  const session = await TcpSession.open(namespace, "::", 2203);
  const sockets = await listSockets(host, { states: ["LISTEN", "ESTABLISHED"] });
  const listener = sockets.find(({ state, local }) => state === "LISTEN" && local.port === 2203);
  expect(listener).toMatchObject({ family: "ipv6", dualStack: true, local: { address: "::" } });
  await session.close();
  const mapped = await TcpSession.open(namespace, "::ffff:127.0.0.1", 2204);
  const own = (await listSockets(host)).find(({ local }) => local.port === mapped.clientPort);
  expect(own).toMatchObject({ family: "ipv4", remote: { address: "127.0.0.1", port: 2204 } });
  await mapped.close();
});
