import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { Package } from "./compiled.js";
import { useNamespace, withoutComments } from "./namespace.js";

const ENTRIES = 20_000,
  KILLS = 30;
const namespace = useNamespace(),
  compiled = new Package(["blocklist-driver.ts"]);
afterAll(() => compiled.remove());

const address = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
/** Every second address, so that none of them join. The second list shares three quarters with the first. */
const LISTS = [0, ENTRIES / 4].map((from) =>
  Array.from({ length: ENTRIES }, (_, i) => address((from + i) * 2)).sort(),
);
const held = (): string[] => {
  const [, live = ""] = /^add drop (drop\.h4\S+)$/m.exec(namespace.run("ipset", ["save", "drop"])) ?? [];
  return [...namespace.run("ipset", ["save", live]).matchAll(/^add \S+ (\S+)$/gm)]
    .map(([, entry = ""]) => entry)
    .sort();
};

interface Driver {
  /** Lets it begin, and kills it after so many milliseconds; tells how long it lived. */
  sync(killAfter: number): Promise<number>;
}
/** Starting takes longer than syncing: the next one starts while this one works. */
async function driver(file: string): Promise<Driver> {
  const [first = "", ...rest] = [
    ...namespace.enter,
    process.execPath,
    compiled.path("test/kernel/blocklist-driver.js"),
    file,
  ];
  const child = spawn(first, rest, { env: namespace.environment, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit"),
    lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async sync(killAfter) {
      child.stdin.write("go\n");
      await lines.next();
      const begun = performance.now();
      void sleep(killAfter, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
      await lines.next();
      const took = performance.now() - begun;
      await exited;
      return took;
    },
  };
}

it(`killed at any moment of a sync, ${KILLS} times, the list is the old or the new one, and nothing is left behind`, async () => {
  const files = LISTS.map((list, i) => {
    const path = join(namespace.directory, `list-${i}`);
    writeFileSync(path, list.join("\n"));
    return path;
  });
  // How late the latest kill comes: it follows the machine, so that kills fall on both sides of the exchange.
  let latest = await (await driver(files[0]!)).sync(60_000),
    now = 0;
  expect(held()).toEqual(LISTS[0]);
  const outcomes = { old: 0, new: 0 };
  let next = driver(files[1]!);
  for (let i = 0; i < KILLS; i++) {
    const wanted = 1 - now;
    await (await next).sync(Math.random() * latest);
    const list = held(),
      isNew = list[0] === LISTS[wanted]![0];
    expect(list).toEqual(LISTS[isNew ? wanted : now]);
    outcomes[isNew ? "new" : "old"]++;
    latest *= isNew ? 0.85 : 1.1;
    if (isNew) now = wanted;
    next = driver(files[1 - now]!);
    // While it is the rule's list, it is there once.
    expect(withoutComments(namespace.run("iptables-legacy-save")).match(/^-A .*/gm)).toHaveLength(1);
  }
  await (await next).sync(60_000);
  expect(namespace.run("ipset", ["list", "-n"]).trim().split("\n")).toHaveLength(5);
  expect(outcomes.old).toBeGreaterThan(2);
  expect(outcomes.new).toBeGreaterThan(2);
}, 300_000);
