/**
 * Terminates workers in the middle of native calls, as often as it is told, and says what is left over. Runs in the
 * namespace that it was started in: `terminate-driver.ts TIMES LOCKFILE`.
 */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const [times = "0", lock = ""] = process.argv.slice(2);
const addon = (name: string): string =>
  fileURLToPath(new URL(`../../build/Release/${name}.node`, import.meta.url));
// Plain JavaScript, so that a worker is up in no time.
const PROGRAM = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { Socket } = require("node:net");
  const iptc = require(workerData.iptc), netlink = require(workerData.netlink);
  const namespace = iptc.openNamespace("/proc/self/ns/net");
  const again = (call) => Promise.resolve(call()).catch(() => {}).then(() => setImmediate(again, call));
  again(() => iptc.readTable(4, "filter", undefined));
  again(() => iptc.readTable(4, "filter", namespace));
  again(() => iptc.commitTable(4, "filter", undefined, new iptc.Patch()));
  // A patch that is begun, of no operation; now and then it is left to the collector.
  const header = new Uint8Array(32).fill(32, 4, 5).fill(2, 8, 9);
  again(() => {
    const patch = new iptc.Patch();
    patch.push(header);
    return iptc.applyPatch(4, "filter", undefined, patch).then(() => Math.random() < 0.9 && iptc.dropPatch(patch));
  });
  // A dump of links, and one to which the kernel says nothing.
  const links = new Uint8Array([20, 0, 0, 0, 18, 0, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const silence = new Uint8Array([16, 0, 0, 0, 18, 0, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0]);
  again(() => netlink.transact(0, silence, undefined, { timeout: 50 }));
  again(() => {
    const request = new netlink.Datagrams();
    for (let i = 0; i < 20; i++, request.next()) request.push(links);
    return netlink.transact(0, request, namespace, { timeout: 50 });
  });
  again(() => netlink.procNet("ip_tables_names", namespace));
  // Left to the worker's end. Made before it is terminated: one that is cut off between the descriptor and the stream
  // that owns it leaves the descriptor to nobody.
  for (const where of [namespace, undefined])
    new Socket({ fd: netlink.subscribe(12, 7, where), readable: true, writable: false }).resume();
  again(() => { const held = iptc.tryLock(workerData.lock); if (held && Math.random() < 0.9) held.release(); });
  parentPort.postMessage("busy");`;

const descriptors = (): number => readdirSync("/proc/self/fd").length;
const threads = (): number => readdirSync("/proc/self/task").length;

async function once(): Promise<void> {
  const workerData = { iptc: addon("iptc"), netlink: addon("netlink"), lock };
  const worker = new Worker(PROGRAM, { eval: true, workerData });
  await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  await sleep(Math.random() * 25);
  await worker.terminate();
}
const settle = (): Promise<void> => sleep(500);

createRequire(import.meta.url)(addon("iptc"));
// The first ones make the pool's threads and the loader's descriptors.
for (let i = 0; i < 3; i++) await once();
await settle();
const before = { descriptors: descriptors(), threads: threads(), memory: process.memoryUsage.rss() };
for (let i = 0; i < Number(times); i++) await once();
await settle();
const after = { descriptors: descriptors(), threads: threads(), memory: process.memoryUsage.rss() };
process.stdout.write(JSON.stringify({ before, after }));
