/**
 * The installed package in the main thread, in workers and in forked children at once, each adding rules of its own to both
 * backends, and members to one set. Prints what was found in the end; fails if anything is missing. Run it in a network
 * namespace that nobody needs.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { open, openSets } from "rampart";

const SELF = fileURLToPath(import.meta.url),
  RULES = 5,
  BACKENDS = ["legacy", "nft"];

async function add(number) {
  for (const backend of BACKENDS) {
    const firewall = await open({ backend });
    for (let i = 1; i <= RULES; i++)
      await firewall.transaction("filter", (filter) =>
        filter.append("INPUT", { source: `10.0.${number}.${i}`, jump: "DROP" }),
      );
    await firewall.close();
  }
  const sets = await openSets();
  const set = await sets.create("together", "hash:ip", { exist: true });
  await set.add(Array.from({ length: RULES }, (_, i) => `10.0.${number}.${i + 1}`));
}

const number = isMainThread ? process.argv[2] : workerData;
if (number !== undefined) await add(Number(number));
else {
  const ended = async (one) => {
    const [status] = await once(one, "exit");
    if (status !== 0) throw new Error(`ended with ${status}`);
  };
  await Promise.all([
    add(0),
    ...[1, 2, 3].map((one) => ended(new Worker(SELF, { workerData: one }))),
    ...[4, 5].map((one) => ended(fork(SELF, [String(one)]))),
  ]);
  const counts = [];
  for (const backend of BACKENDS) {
    const firewall = await open({ backend });
    counts.push((await firewall.read("filter")).rules("INPUT").length);
    await firewall.close();
  }
  const sets = await openSets();
  let members = 0;
  for (const _ of await (await sets.get("together")).entries()) members++;
  if (![...counts, members].every((count) => count === 6 * RULES)) process.exitCode = 1;
  console.log(`${counts[0]} rules in legacy tables, ${counts[1]} in nf_tables, ${members} in a set`);
}
