import { beforeAll, beforeEach, expect, it } from "vitest";
import { allow, applyService, block, established, type Firewall, parseRule } from "../../src/index.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
const HERE = "127.0.0.1";
beforeAll(() => {
  namespace.run("ip", ["link", "set", "lo", "up"]);
});
beforeEach(() => {
  namespace.iptables("-F");
  namespace.iptables("-P INPUT ACCEPT");
});

const pings = (): boolean => namespace.try("ping", ["-c", "1", "-W", "1", HERE]).status === 0;
/** What a client finds at a port where a server listens: an answer, a refusal at once, or silence. */
function asks(port: number): string {
  const program = `
    const net = require("node:net");
    const server = net.createServer((socket) => socket.end("hello")).listen(${port}, "${HERE}", () => {
      const client = net.connect({ port: ${port}, host: "${HERE}" });
      const end = (word) => { process.stdout.write(word); process.exit(); };
      client.on("data", () => end("answer")).on("error", (error) => end(error.code));
      setTimeout(end, 600, "silence");
    });`;
  return namespace.run(process.execPath, ["-e", program]);
}
async function withRules(work: (firewall: Firewall) => Promise<void>): Promise<void> {
  await using firewall = await namespace.open();
  await work(firewall);
}
const packetsOf = async (firewall: Firewall, number: number): Promise<bigint> =>
  BigInt((await firewall.read("filter")).rules("INPUT").at(number - 1)?.counters?.packets ?? 0);

it("a rule that drops drops, and counts what it dropped", () =>
  withRules(async (firewall) => {
    expect(pings()).toBe(true);
    await firewall.transaction("filter", (filter) => filter.append("INPUT", parseRule("-p icmp -j DROP")));
    expect(pings()).toBe(false);
    expect(await packetsOf(firewall, 1)).toBeGreaterThan(0n);
    await firewall.transaction("filter", (filter) => filter.delete("INPUT", 1));
    expect(pings()).toBe(true);
  }));

it("accepted, rejected and dropped are three things", () =>
  withRules(async (firewall) => {
    await firewall.transaction("filter", (filter) =>
      filter.append(
        "INPUT",
        parseRule("-p tcp --dport 8001 -j REJECT --reject-with tcp-reset"),
        parseRule("-p tcp --dport 8002 -j DROP"),
      ),
    );
    expect([asks(8000), asks(8001), asks(8002)]).toEqual(["answer", "ECONNREFUSED", "silence"]);
  }));

it("an allowed service answers behind a policy of DROP, another does not", () =>
  withRules(async (firewall) => {
    await firewall.transaction("filter", (filter) => {
      const services = [established(), allow("http")];
      return services
        .reduce((table, service) => applyService(table, service).table, filter)
        .policy("INPUT", "DROP");
    });
    expect([asks(80), asks(8000)]).toEqual(["answer", "silence"]);
  }));

it("a blocked address gets no answer", () =>
  withRules(async (firewall) => {
    await firewall.transaction("filter", (filter) => applyService(filter, block(HERE)).table);
    expect(pings()).toBe(false);
  }));
