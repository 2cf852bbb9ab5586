import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adoptSessions } from "../../src/host/adopt.js";
import { systemFiles } from "../../src/host/files.js";
import { type Host, hostIn } from "../../src/host/host.js";
import { findProtection } from "../../src/host/protection.js";
import { parseRule } from "../../src/index.js";
import { netlinkAddon } from "../../src/native.js";
import { useNamespace } from "./namespace.js";
import { TcpSession } from "./tcp-session.js";

const namespace = useNamespace();
let host: Host;
beforeAll(() => {
  namespace.run("ip", ["link", "set", "lo", "up"]);
  host = hostIn(netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`));
});
const files = {
  ...systemFiles,
  read: async (path: string) => (/environ/.test(path) ? undefined : systemFiles.read(path)),
};
const find = () => findProtection(host, { files });

describe.each([
  ["ipv4", "127.0.0.1", 1],
  ["ipv4", "127.0.0.1", 0],
  ["ipv6", "::1", 1],
  ["ipv6", "::1", 0],
] as const)("a session that conntrack does not follow, %s %s, tcp_loose %i", (family, address, loose) => {
  const port = 2400 + loose;
  beforeEach(async () => {
    namespace.run("sysctl", ["-qw", `net.netfilter.nf_conntrack_tcp_loose=${loose}`]);
    await using firewall = await namespace.open({ family, protect: false });
    await firewall.restore("*filter\n:INPUT ACCEPT\nCOMMIT\n");
  });
  /** What ends every session that is not ESTABLISHED. */
  const commit = async () => {
    await using firewall = await namespace.open({ family, protect: false });
    const established = parseRule("-m conntrack --ctstate ESTABLISHED -j ACCEPT", { family });
    await firewall.transaction("filter", (filter) =>
      filter.append("INPUT", established).policy("INPUT", "DROP"),
    );
  };
  const judge = async (before: () => Promise<void>) => {
    const session = await TcpSession.open(namespace, address, port, "sshd");
    try {
      expect(await session.say("client")).toBe("heard");
      await before();
      await commit();
      return [await session.say("client"), await session.say("server")];
    } finally {
      await session.close();
    }
  };
  it("is cut off by rules that accept ESTABLISHED only, when its client speaks first", async () => {
    // With tcp_loose, it comes back when the server happens to speak: then both directions have been seen.
    expect(await judge(async () => {})).toEqual(["silence", loose ? "heard" : "silence"]);
  });
  it("goes on, once it is adopted", async () => {
    const heard = await judge(async () => {
      const adopted = await adoptSessions(host, await find());
      const sessions = adopted.endpoints.filter(({ peerPort }) => peerPort !== undefined);
      expect(sessions).toMatchObject([{ family, from: address, port, tracked: true }]);
      expect((await find()).endpoints).toEqual(adopted.endpoints);
    });
    expect(heard).toEqual(["heard", "heard"]);
  });
});

it("what the kernel refuses is a note, and the session stays untracked", async () => {
  const entry = {
    family: "ipv4",
    protocol: "tcp",
    from: "192.0.2.1",
    peerPort: 5,
    to: "192.0.2.2",
    port: 22,
    tracked: false,
    provenance: [{ found: "user", where: "protect" }],
  } as const;
  const deaf = async (): Promise<never> => {
    throw Object.assign(new Error("no"), { errno: 93, syscall: "socket", index: -1, applied: false });
  };
  const { endpoints, notes } = await adoptSessions(
    { ...host, netfilter: deaf },
    { endpoints: [entry], notes: ["a"] },
  );
  expect(endpoints).toEqual([entry]);
  expect(notes).toEqual(["a", expect.stringMatching(/192\.0\.2\.1:5 could not be made known to conntrack/)]);
});
