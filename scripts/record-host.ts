/**
 * Records what the kernel answers about a host, for test/unit/host: `npx tsx scripts/record-host.ts`, as root. It enters a
 * network namespace of its own first, and makes interfaces, routes and connections there.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { createConnection, listConnections } from "../src/host/conntrack.js";
import { type Host, hostIn } from "../src/host/host.js";
import { hostAddresses, hostInterfaces } from "../src/host/links.js";
import { hostRoutes } from "../src/host/routes.js";
import { listSockets } from "../src/host/sockets.js";
import type { Transport } from "../src/native.js";

const INSIDE = "RAMPART_RECORDING";
if (process.env[INSIDE] === undefined) {
  const again = ["-n", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  execFileSync("unshare", again, { env: { ...process.env, [INSIDE]: "1" }, stdio: "inherit" });
  process.exit();
}
const ip = (words: string) => execFileSync("ip", words.split(" "), { stdio: "inherit" });
for (const words of [
  "link set lo up",
  "link add name a0 type veth peer name b0",
  "address add 192.0.2.2/24 dev a0",
  "-6 address add 2001:db8::2/64 dev a0 nodad",
  "link set a0 up",
  "link set b0 up",
  "route add default via 192.0.2.1 metric 7",
  "route add 198.51.100.0/24 nexthop via 192.0.2.3 dev a0 nexthop via 192.0.2.4 dev a0",
  "route add blackhole 203.0.113.0/24",
  "route add 233.252.0.0/24 via inet6 2001:db8::9 dev a0",
  "-6 route add default via 2001:db8::1",
])
  ip(words);
const server = createServer((socket) => socket.pipe(socket)).listen(22, "::");
await new Promise((resolve) => server.once("listening", resolve));
const clients = [connect(22, "127.0.0.1"), connect(22, "::1")];
for (const client of clients) {
  client.write("hello");
  await new Promise((resolve) => client.once("data", resolve));
}

const recorded: [string, string][] = [],
  real = hostIn(undefined);
const recording =
  (transport: Transport): Transport =>
  async (request) => {
    const reply = await transport(request);
    recorded.push([Buffer.from(request).toString("hex"), Buffer.from(reply).toString("hex")]);
    return reply;
  };
const host: Host = {
  diag: recording(real.diag),
  route: recording(real.route),
  netfilter: recording(real.netfilter),
};
for (const family of ["ipv4", "ipv6"] as const)
  await createConnection(real, {
    family,
    source: family === "ipv4" ? "203.0.113.7" : "2001:db8::7",
    sourcePort: 51514,
    destination: family === "ipv4" ? "192.0.2.2" : "2001:db8::2",
    destinationPort: 22,
  });
await listSockets(host);
await hostInterfaces(host);
await hostAddresses(host);
await hostRoutes(host);
for (const family of ["ipv4", "ipv6"] as const) await listConnections(host, family);
writeFileSync("test/vectors/host.json.gz", gzipSync(JSON.stringify(Object.fromEntries(recorded))));
process.exit();
