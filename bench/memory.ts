/** Replaces rules in a process of its own and prints its peak memory: `memory.ts FILE FILE`. */
import { readFileSync } from "node:fs";
import { open } from "../src/index.js";
import { peakMemory } from "./measure.js";

await using firewall = await open();
for (const file of process.argv.slice(2)) await firewall.restore(readFileSync(file, "utf8"));
console.log(peakMemory().toFixed(0));
