/**
 * Makes every kind of native call, those that fail included, keeps what it can, and comes to its end by itself. Runs in
 * the namespace that it was started in: `calls-driver.ts LOCKFILE`.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { LegacyAddon, NetlinkAddon } from "../../src/native.js";

const addon = (name: string): unknown =>
  createRequire(import.meta.url)(fileURLToPath(new URL(`../../build/Release/${name}.node`, import.meta.url)));
const iptc = addon("iptc") as LegacyAddon,
  netlink = addon("netlink") as NetlinkAddon;
const lock = process.argv[2] ?? "";
let failures = 0;
async function fails(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {
    failures++;
  }
}

/** A patch's header, and behind it an operation that needs a chain. */
const header = Uint8Array.of(0, 0, 0, 0, 32, 0, 0, 0, 2, ...Array<number>(23).fill(0));
const lost = Uint8Array.of(8, 0, 0, 0, 8, 0, 0, 0);
const patchOf = (...records: readonly Uint8Array[]) => {
  const patch = new iptc.Patch();
  for (const record of records) patch.push(record);
  return patch;
};
/** A dump of links; an acknowledgement of nothing. */
const links = Uint8Array.of(20, 0, 0, 0, 18, 0, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  noop = Uint8Array.of(16, 0, 0, 0, 1, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0);
const datagramsOf = (...all: readonly Uint8Array[]) => {
  const datagrams = new netlink.Datagrams();
  for (const one of all) {
    datagrams.push(one);
    datagrams.next();
  }
  return datagrams;
};
const patient = { timeout: 1_000 };

for (let round = 0; round < 20; round++) {
  const namespace = iptc.openNamespace("/proc/self/ns/net"),
    closed = netlink.openNamespace("/proc/self/ns/net");
  closed.close();
  (await iptc.newNamespace()).close();
  const made = await netlink.newNamespace();
  for (const where of [undefined, namespace, made]) {
    for (const family of [4, 6] as const) {
      await iptc.commitTable(family, "mangle", where, patchOf(header));
      await iptc.tableNames(family, where);
      await iptc.readTable(family, "mangle", where);
      await fails(() => iptc.commitTable(family, "mangle", where, patchOf(header, lost)));
      await fails(() => iptc.commitTable(family, "nonsense", where, patchOf(header)));
    }
    await netlink.transact(0, links, where, patient);
    await netlink.transact(0, datagramsOf(noop, links, noop), where, patient);
    await fails(() => netlink.transact(0, datagramsOf(noop, noop.subarray(1)), where, patient));
    await fails(() => netlink.transact(31, noop, where, patient));
  }
  await fails(() => iptc.openNamespace("/proc/self/cmdline"));
  await fails(() => iptc.readTable(4, "mangle", closed));
  await fails(() => netlink.transact(0, noop, closed, patient));
  await fails(() => netlink.transact(0, {} as never, namespace, patient));
  await fails(() => iptc.tryLock("/proc/self/cmdline/lock"));
  // Never sent, never released: whoever collects them, or nobody.
  patchOf(header);
  datagramsOf(noop);
  iptc.tryLock(lock);
  void iptc.readTable(4, "mangle", namespace);
}
process.exitCode = failures === 20 * (3 * (2 * 2 + 2) + 5) ? 0 : 1;
