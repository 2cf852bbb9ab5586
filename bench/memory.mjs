/** Replaces rules in a plain Node process and prints its peak memory in MB of 10^6 bytes: `memory.mjs FILE FILE`. */
import { readFileSync } from "node:fs";
import { open } from "../dist/index.js";

const firewall = await open();
for (const file of process.argv.slice(2)) await firewall.restore(readFileSync(file, "utf8"));
firewall.close();
const [, peak] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
console.log(((Number(peak) * 1024) / 1e6).toFixed(0));
