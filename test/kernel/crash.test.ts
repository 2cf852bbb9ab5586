import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { Package } from "./compiled.js";
import { useNamespace, withoutComments } from "./namespace.js";

const rampart = new Package(["restore-driver.ts"]);
afterAll(() => rampart.remove());
/** nf_tables takes ten times as long for a rule; the moments between are as many. */
const BACKENDS = [
  { backend: "legacy", rules: 20_000, kills: 50, least: 3 },
  { backend: "nft", rules: 4000, kills: 16, least: 2 },
] as const;
const namespace = useNamespace();

const rules = (kind: number, length: number): string =>
  Array.from({ length }, (_, i) => `-A INPUT -s 10.${kind}.${i >> 8}.${i & 255}/32 -j DROP`).join("\n");
const table = (kind: number, length: number): string =>
  `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules(kind, length)}\nCOMMIT\n`;

/** Begins a restore and kills it after so many milliseconds; how many it took, if it was not killed. */
async function restore(backend: string, file: string, killAfter: number): Promise<number> {
  const driver = rampart.path("test/kernel/restore-driver.js"),
    [first = "", ...rest] = [...namespace.enter, process.execPath, driver, file, backend];
  const child = spawn(first, rest, { env: namespace.environment, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let begun = 0,
    done = Number.NaN;
  for await (const line of createInterface({ input: child.stdout }))
    if (line === "begin") {
      begun = performance.now();
      void sleep(killAfter).then(() => child.kill("SIGKILL"));
    } else done = performance.now();
  await exited;
  return done - begun;
}
/** From so much of the time after which a commit is done, as it was met last, to so much: early and late by turns. */
const EARLIEST = 0.1,
  LATEST = 1.5,
  /** So many kills go from the one to the other; a number that has no divisor in common with it brings them by turns. */
  PLACES = 12,
  STRIDE = 5;
const share = (kill: number): number =>
  EARLIEST + ((LATEST - EARLIEST) * ((kill * STRIDE) % PLACES)) / (PLACES - 1);

it.each(BACKENDS)(
  "$backend: killed at any moment of a restore of $rules rules, $kills times, the table is the old or the new one",
  async ({ backend, rules, kills, least }) => {
    const held = (): string => withoutComments(namespace.run(`iptables-${backend}-save`));
    const files = [0, 1].map((kind) => {
      const path = join(namespace.directory, `${backend}-${kind}`);
      writeFileSync(path, table(kind, rules));
      return path;
    });
    // The first goes into an empty table; only the second replaces as many rules, as those do that are killed.
    await restore(backend, files[1]!, 60_000);
    let moment = await restore(backend, files[0]!, 60_000),
      now = 0;
    expect(held()).toBe(table(0, rules));
    // The kills themselves tell when the commit falls, as it follows the machine, which is busier at some times than
    // at others: a kill that came before it moves it back, one that came after it forward. So they lie on both sides.
    const outcomes = { old: 0, new: 0 },
      isSpread = () => outcomes.old >= least && outcomes.new >= least;
    for (let kill = 0; kill < kills || (!isSpread() && kill < 3 * kills); kill++) {
      const next = 1 - now,
        at = share(kill);
      await restore(backend, files[next]!, at * moment);
      const present = held(),
        isNew = present === table(next, rules);
      expect(isNew || present === table(now, rules)).toBe(true);
      outcomes[isNew ? "new" : "old"]++;
      // A late kill that was too early says more than an early one.
      if (isNew && at < 1) moment *= 0.7;
      if (!isNew && at > 1) moment *= 1.4;
      if (isNew) now = next;
      expect(namespace.try("flock", ["--nonblock", namespace.lock, "true"]).status).toBe(0);
    }
    expect(isSpread()).toBe(true);
  },
  300_000,
);
