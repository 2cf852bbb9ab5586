import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { useNamespace, withoutComments } from "./namespace.js";

const DRIVER = fileURLToPath(new URL("./restore-driver.ts", import.meta.url));
/** nf_tables takes ten times as long for a rule; the moments between are as many. */
const BACKENDS = [
  { backend: "legacy", rules: 20_000, kills: 50, lands: 2 },
  { backend: "nft", rules: 4000, kills: 12, lands: 0 },
] as const;
const namespace = useNamespace();

const rules = (kind: number, length: number): string =>
  Array.from({ length }, (_, i) => `-A INPUT -s 10.${kind}.${i >> 8}.${i & 255}/32 -j DROP`).join("\n");
const table = (kind: number, length: number): string =>
  `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules(kind, length)}\nCOMMIT\n`;

/** Begins a restore, kills it after so many milliseconds; tells how long it lived. */
async function restore(backend: string, file: string, killAfter: number): Promise<number> {
  const [first = "", ...rest] = [
    ...namespace.enter,
    process.execPath,
    "--import",
    "tsx",
    DRIVER,
    file,
    backend,
  ];
  const child = spawn(first, rest, { env: namespace.environment, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit"),
    lines = createInterface({ input: child.stdout });
  let begun = 0;
  for await (const line of lines) {
    if (line !== "begin") continue;
    begun = performance.now();
    void sleep(killAfter).then(() => child.kill("SIGKILL"));
  }
  const took = performance.now() - begun;
  await exited;
  return took;
}

it.each(BACKENDS)(
  "$backend: killed at any moment of a restore of $rules rules, $kills times, the table is the old or the new one",
  async ({ backend, rules, kills, lands }) => {
    const held = (): string => withoutComments(namespace.run(`iptables-${backend}-save`));
    const files = [0, 1].map((kind) => {
      const path = join(namespace.directory, `${backend}-${kind}`);
      writeFileSync(path, table(kind, rules));
      return path;
    });
    // How late the latest kill comes. It follows the machine, which is busier at some times than at others, so that kills
    // fall on both sides of the commit: three in ten after it, in the long run.
    // The first goes into an empty table; only the second replaces as many rules, as those do that are killed.
    await restore(backend, files[1]!, 60_000);
    let latest = await restore(backend, files[0]!, 60_000);
    expect(held()).toBe(table(0, rules));
    let now = 0;
    const outcomes = { old: 0, new: 0 };
    for (let i = 0; i < kills; i++) {
      const next = 1 - now;
      await restore(backend, files[next]!, Math.random() * latest);
      const table_ = held(),
        isNew = table_ === table(next, rules);
      expect(isNew || table_ === table(now, rules)).toBe(true);
      outcomes[isNew ? "new" : "old"]++;
      latest *= isNew ? 0.8 : 1.1;
      if (isNew) now = next;
      expect(namespace.try("flock", ["--nonblock", namespace.lock, "true"]).status).toBe(0);
    }
    // The delays are worth nothing if all fall on one side.
    expect(outcomes.old).toBeGreaterThan(lands + 2);
    expect(outcomes.new).toBeGreaterThan(lands);
  },
  300_000,
);
