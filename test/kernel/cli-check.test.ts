import { beforeAll, expect, it } from "vitest";
import type { SafetyReport } from "../../src/index.js";
import { useNamespace } from "./namespace.js";
import { TcpSession } from "./tcp-session.js";

const namespace = useNamespace();
beforeAll(() => void namespace.run("ip", ["link", "set", "lo", "up"]));
const check = (...words: string[]) => {
  const main = ["--import", "tsx", "src/cli/main.ts", "check", "--backend", "legacy", ...words];
  return namespace.try(process.execPath, main);
};

it("check without a word is about those who are there, and says so where nobody is", async () => {
  namespace.iptables("-A INPUT -p udp -j DROP");
  const nobody = check();
  expect(nobody.stdout).toMatch(/UNPROVED: nothing to protect was found/);
  expect(nobody.status).toBe(4);

  const session = await TcpSession.open(namespace, "127.0.0.1", 22, "sshd");
  try {
    const safe = check("--json"),
      report: SafetyReport = JSON.parse(safe.stdout);
    expect(report.verdict).toBe("safe");
    expect(safe.status).toBe(0);
    expect(report.endpoints.map(({ endpoint }) => [endpoint.from, endpoint.peerPort])).toEqual([
      ["127.0.0.1", session.clientPort],
      ["127.0.0.1", undefined],
    ]);
    namespace.iptables("-A INPUT -p tcp --dport 22 -j DROP");
    const cut = check();
    expect(cut.stdout).toMatch(/^Safety: CUT\n127\.0\.0\.1 port \d+ -> .*22/);
    expect(cut.stdout).toMatch(/found by socket: sshd \(pid \d+\)/);
    expect(cut.status).toBe(5);
  } finally {
    await session.close();
  }
});
