import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnection } from "../../src/host/conntrack.js";
import { type HostFiles, systemFiles } from "../../src/host/files.js";
import { type Host, hostIn } from "../../src/host/host.js";
import { findProtection } from "../../src/host/protection.js";
import { netlinkAddon } from "../../src/native.js";
import { useNamespace } from "./namespace.js";
import { TcpSession } from "./tcp-session.js";

const namespace = useNamespace();
const HERE = "192.0.2.2";
let host: Host;
beforeAll(() => {
  for (const words of [
    "link set lo up",
    "link add name a0 type veth peer name b0",
    "address add 192.0.2.2/24 dev a0",
    "-6 address add 2001:db8::2/64 dev a0 nodad",
    "link set a0 up",
    "link set b0 up",
    "route add default via 192.0.2.1",
  ])
    namespace.run("ip", words.split(" "));
  host = hostIn(netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`));
});
/** This machine's /proc, but for what would be said of this test's own surroundings. */
const files = (told: Readonly<Record<string, string>> = {}): HostFiles => ({
  ...systemFiles,
  read: async (path) =>
    path.startsWith("/proc/") && !/environ/.test(path) ? systemFiles.read(path) : told[path],
  link: async (path) => (path.endsWith("/ns/net") ? undefined : systemFiles.link(path)),
});

describe("a host with nobody on it", () => {
  it("has nothing to protect, and says so", async () => {
    const { endpoints, notes } = await findProtection(host, { files: files() });
    expect(endpoints).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/nothing to protect was found.*nothing can be called safe/),
    ]);
  });
  it("has what the user names", async () => {
    const protect = [{ from: "198.51.100.0/24", protocol: "udp", port: 51820 } as const];
    const { endpoints } = await findProtection(host, { files: files(), protect });
    expect(endpoints).toEqual([
      {
        family: "ipv4",
        protocol: "udp",
        from: "198.51.100.0/24",
        port: 51820,
        provenance: [{ found: "user", where: "protect" }],
      },
    ]);
  });
  it("is not taken for the one that SSH_CONNECTION is about", async () => {
    const environ = { [`/proc/${process.pid}/environ`]: "SSH_CONNECTION=203.0.113.7 5 198.51.100.9 22\0" };
    const { endpoints, notes } = await findProtection(host, { files: files(environ) });
    expect(endpoints).toEqual([]);
    expect(notes.join()).toContain("is about another one");
  });
  it("but an address of its own is", async () => {
    const environ = { [`/proc/${process.pid}/environ`]: `SSH_CONNECTION=203.0.113.7 5 ${HERE} 22\0` };
    const { endpoints } = await findProtection(host, { files: files(environ) });
    expect(endpoints).toMatchObject([
      {
        from: "203.0.113.7",
        to: HERE,
        port: 22,
        interfaces: ["a0"],
        provenance: [{ found: "SSH_CONNECTION" }],
      },
    ]);
    expect(endpoints[0]).not.toHaveProperty("peerPort");
  });
});

describe.each([
  ["ipv4", HERE, 2301],
  ["ipv6", "2001:db8::2", 2302],
] as const)("a host with an ssh session, %s", (family, address, port) => {
  let session: TcpSession;
  beforeAll(async () => {
    session = await TcpSession.open(namespace, address, port, "sshd");
  });
  afterAll(() => session.close());

  it("has the session, its peer, and whether it is tracked", async () => {
    const find = async () => (await findProtection(host, { files: files() })).endpoints;
    const provenance = [{ found: "socket", where: `sshd (pid ${session.pid})` }];
    const there = {
      family,
      protocol: "tcp",
      from: address,
      to: address,
      port,
      interfaces: ["lo"],
      provenance,
    };
    const peer = family === "ipv4" ? [] : [{ from: "2001:db8::/64", advisory: true }];
    expect(await find()).toMatchObject([
      { ...there, peerPort: session.clientPort, tracked: false },
      there,
      ...peer,
    ]);
    await createConnection(host, {
      family,
      source: address,
      sourcePort: session.clientPort,
      destination: address,
      destinationPort: port,
    });
    expect((await find())[0]).toMatchObject({ peerPort: session.clientPort, tracked: true });
  });
  it("knows it from the environment too, as one entry", async () => {
    const value = [address, session.clientPort, address, port].join(" ");
    const environ = { [`/proc/${process.pid}/environ`]: `SSH_CONNECTION=${value}\0` };
    const { endpoints } = await findProtection(host, { files: files(environ) });
    for (const endpoint of endpoints.filter(({ advisory }) => !advisory))
      expect(endpoint.provenance.map(({ found }) => found)).toEqual(["socket", "SSH_CONNECTION"]);
  });
});
