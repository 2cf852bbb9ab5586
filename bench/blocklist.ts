/**
 * Blocklists side by side: a million entries from a text file into the kernel, read, checked and joined, against ipset
 * restore and a plain C program on netlink that has nothing to read; and a sync of a thousand changes against all of it.
 * Prints medians, ratios, and whether the targets of issue 6 are met. Runs in a network namespace of its own, and needs
 * cc and ipset.
 *
 *     npx tsx bench/blocklist.ts [1000000]
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blocklist } from "../src/index.js";
import { inNamespace } from "./inside.js";
import { longestGap, median, program, selfTimed, timed } from "./measure.js";

const ROUNDS = 5,
  CHANGES = 1000,
  MEGABYTE = 1e6;
const TYPES = ["hash:ip", "hash:net"] as const;
type Type = (typeof TYPES)[number];
/** Ratios; milliseconds; MB above idle. */
const TARGETS = { restore: 0.35, floor: 1.6, changes: 0.25, gap: 10, memory: 250 } as const;

/** In no order; none touch, so that joining leaves them all. `from`: those of another list are others. */
function entriesOf(
  type: Type,
  count: number,
  from: number,
): { readonly texts: string[]; readonly bytes: Uint8Array } {
  const size = type === "hash:ip" ? 4 : 5,
    bytes = new Uint8Array(count * size),
    texts: string[] = [];
  for (let i = 0; i < count; i++) {
    // A prime that divides no count only shuffles.
    const n = 0x0a00_0000 + (((i * 7919) % count) + from) * 32,
      bits = type === "hash:ip" ? 32 : 28 + (i % 4);
    const octets = [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
    bytes.set(octets, i * size);
    if (size === 5) bytes[i * size + 4] = bits;
    texts.push(bits === 32 ? octets.join(".") : `${octets.join(".")}/${bits}`);
  }
  return { texts, bytes };
}
const filesIn = (directory: string) => ({
  text: join(directory, "text"),
  changed: join(directory, "changed"),
  list: join(directory, "list"),
  restore: join(directory, "restore"),
  binary: join(directory, "binary"),
});
function writeFiles(directory: string, type: Type, count: number): void {
  const files = filesIn(directory),
    { texts, bytes } = entriesOf(type, count, 0),
    others = entriesOf(type, CHANGES / 2, count).texts;
  writeFileSync(files.text, `${texts.join("\n")}\n`);
  writeFileSync(files.changed, `${[...texts.slice(CHANGES / 2), ...others].join("\n")}\n`);
  writeFileSync(files.restore, texts.map((entry) => `add -exist bench ${entry}\n`).join(""));
  writeFileSync(files.binary, bytes);
}
const show = (label: string, value: number, unit: string, target?: number): void =>
  console.log(
    `  ${label.padEnd(56)}${value.toFixed(unit === "x" ? 2 : 0).padStart(7)} ${unit}${target === undefined ? "" : `  target ${target}: ${value <= target ? "met" : "MISSED"}`}`,
  );

async function measure(directory: string, count: number): Promise<void> {
  const floor = join(directory, "floor");
  execFileSync("cc", ["-O2", "-o", floor, fileURLToPath(new URL("ipset.c", import.meta.url))]);
  for (const type of TYPES) {
    const files = filesIn(directory),
      five = type === "hash:net" ? ["5"] : [];
    // By a process of its own: what a million texts leave behind would count as idle memory here.
    execFileSync(process.execPath, [...process.execArgv, ...process.argv.slice(1, 2), String(count), type]);
    const options = { safe: false, rule: false } as const,
      list = () => blocklist("list", { sources: [{ file: files.text }], ...options });
    const create = ["create", "bench", type, "hashsize", String(2 ** Math.ceil(Math.log2(count / 2)))];
    execFileSync("ipset", [...create, "maxelem", String(count * 2)]);
    globalThis.gc?.();
    const idle = process.memoryUsage().rss;
    let peak = idle;
    const gap = await longestGap(async () => {
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 10);
      await list().sync();
      clearInterval(watch);
    });
    await list().remove();
    const rounds = {
      restore: [] as number[],
      floor: [] as number[],
      whole: [] as number[],
      changes: [] as number[],
    };
    for (let i = 0; i < ROUNDS; i++) {
      execFileSync("ipset", ["flush", "bench"]);
      rounds.restore.push(program("ipset", ["restore"], files.restore));
      execFileSync("ipset", ["flush", "bench"]);
      rounds.floor.push(selfTimed(floor, "bench", files.binary, ...five));
      const again = blocklist("list", { sources: [{ file: files.list }], ...options });
      copyFileSync(files.text, files.list);
      rounds.whole.push(await timed(() => again.sync()));
      copyFileSync(files.changed, files.list);
      let report = { added: 0, removed: 0 };
      rounds.changes.push(
        await timed(async () => {
          report = await again.sync();
        }),
      );
      if (report.added !== CHANGES / 2 || report.removed !== CHANGES / 2)
        throw new Error(JSON.stringify(report));
      await again.remove();
    }
    const ratio = (a: keyof typeof rounds, b: keyof typeof rounds) =>
      median(rounds[a].map((value, i) => value / rounds[b][i]!));
    console.log(`${count} entries for a ${type}`);
    for (const key of ["restore", "floor", "whole", "changes"] as const) show(key, median(rounds[key]), "ms");
    const big = count >= 1_000_000 ? TARGETS : undefined;
    show("sync of a text file / ipset restore", ratio("whole", "restore"), "x", big?.restore);
    show("sync of a text file / C program on netlink", ratio("whole", "floor"), "x", big?.floor);
    show(`sync with ${CHANGES} changes / sync of all`, ratio("changes", "whole"), "x", big?.changes);
    show("longest time without a turn of the event loop", gap, "ms", big?.gap);
    show("peak memory above idle", (peak - idle) / MEGABYTE, "MB", big?.memory);
    execFileSync("ipset", ["destroy", "bench"]);
  }
}
const count = Number(process.argv[2] ?? 1_000_000),
  only = TYPES.find((type) => type === process.argv[3]);
await inNamespace((directory) => (only ? writeFiles(directory, only, count) : measure(directory, count)));
