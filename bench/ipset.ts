/**
 * Sets side by side: Rampart in one Node process, ipset restore and save, and a plain C program on netlink that has
 * nothing to parse. Prints medians, ratios, and whether the targets of issue 6 are met. Runs in a network namespace of
 * its own, and needs cc and ipset.
 *
 *     npx tsx bench/ipset.ts [1000000]
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type IpSet, openSets, type Sets } from "../src/index.js";
import { inNamespace } from "./inside.js";
import { longestGap, median, program, selfTimed, timed } from "./measure.js";

const ROUNDS = 5,
  MEGABYTE = 1e6;
const TYPES = ["hash:ip", "hash:net"] as const;
type Type = (typeof TYPES)[number];
/** Ratios; milliseconds; MB above idle. */
const TARGETS = { restore: 0.35, floor: 1.6, list: 0.6, gap: 10, memory: 250 } as const;

/** The same every time: addresses of 10/8 to 73/8 in no order, networks of 24 to 32 bits. */
function elementsOf(
  type: Type,
  count: number,
): { readonly texts: readonly string[]; readonly bytes: Uint8Array } {
  const size = type === "hash:ip" ? 4 : 5,
    bytes = new Uint8Array(count * size),
    texts: string[] = [];
  for (let i = 0; i < count; i++) {
    // An odd factor only shuffles: no two are alike.
    const n = (Math.imul(i, 0x9e3779b1) >>> 2) + 0x0a00_0000,
      bits = type === "hash:ip" ? 32 : 24 + (i % 9);
    const mask = bits === 32 ? 0xffff_ffff : ~(0xffff_ffff >>> bits) >>> 0,
      address = (n & mask) >>> 0;
    const octets = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
    bytes.set(octets, i * size);
    if (size === 5) bytes[i * size + 4] = bits;
    texts.push(bits === 32 ? octets.join(".") : `${octets.join(".")}/${bits}`);
  }
  return { texts, bytes };
}

interface Round {
  readonly restore: number;
  readonly floor: number;
  readonly text: number;
  readonly entries: number;
  readonly save: number;
  readonly list: number;
}
async function round(
  sets: Sets,
  set: IpSet,
  files: { readonly restore: string; readonly binary: string; readonly floor: string },
  texts: readonly string[],
): Promise<Round> {
  const five = set.type === "hash:net" ? ["5"] : [];
  const fresh = async (work: () => unknown) => {
    await set.flush();
    return await work();
  };
  const restore = await fresh(() => program("ipset", ["restore"], files.restore));
  const floor = await fresh(() => selfTimed(files.floor, set.name, files.binary, ...five));
  const lines = `${texts.join("\n")}\n`;
  const text = (await fresh(() => timed(() => set.add(lines.split("\n").slice(0, -1))))) as number;
  const entries = (await fresh(() => timed(() => set.add(texts)))) as number;
  const save = program("ipset", ["save", set.name]);
  const list = await timed(async () => {
    for await (const chunk of sets.saveChunks({ set: set.name })) void chunk;
  });
  return { restore: restore as number, floor: floor as number, text, entries, save, list };
}

const show = (label: string, value: number, unit: string, target?: number): void =>
  console.log(
    `  ${label.padEnd(52)}${value.toFixed(unit === "x" ? 2 : 0).padStart(7)} ${unit}${target === undefined ? "" : `  target ${target}: ${value <= target ? "met" : "MISSED"}`}`,
  );

async function measure(directory: string, count: number): Promise<void> {
  const floor = join(directory, "floor");
  execFileSync("cc", ["-O2", "-o", floor, fileURLToPath(new URL("ipset.c", import.meta.url))]);
  const sets = await openSets();
  for (const type of TYPES) {
    const { texts, bytes } = elementsOf(type, count),
      files = { restore: join(directory, "restore"), binary: join(directory, "binary"), floor };
    writeFileSync(files.restore, texts.map((entry) => `add -exist bench ${entry}\n`).join(""));
    writeFileSync(files.binary, bytes);
    const set: IpSet = await sets.create("bench", type as "hash:ip", {
      hashsize: 2 ** Math.ceil(Math.log2(count / 2)),
      maxelem: count * 2,
    });
    // First: what the rounds leave behind would hide what it takes.
    globalThis.gc?.();
    const idle = process.memoryUsage().rss;
    let peak = idle;
    const gap = await longestGap(async () => {
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 10);
      await set.add(texts);
      for await (const chunk of sets.saveChunks({ set: "bench" })) void chunk;
      clearInterval(watch);
    });
    const all: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) all.push(await round(sets, set, files, texts));
    const of = (key: keyof Round) => median(all.map((one) => one[key]));
    const ratio = (a: keyof Round, b: keyof Round) => median(all.map((one) => one[a] / one[b]));
    console.log(`${count} entries of ${type}`);
    for (const key of ["restore", "floor", "text", "entries", "save", "list"] as const)
      show(key, of(key), "ms");
    const big = count >= 1_000_000 ? TARGETS : undefined;
    show("add from lines of text / ipset restore", ratio("text", "restore"), "x", big?.restore);
    show("add from lines of text / C program on netlink", ratio("text", "floor"), "x", big?.floor);
    show("list as text / ipset save", ratio("list", "save"), "x", big?.list);
    show("longest time without a turn of the event loop", gap, "ms", big?.gap);
    show("peak memory above idle", (peak - idle) / MEGABYTE, "MB", big?.memory);
    await sets.destroy("bench");
  }
}

await inNamespace((directory) => measure(directory, Number(process.argv[2] ?? 1_000_000)));
