/** Adds rules one transaction at a time: `append-driver.ts WORKER COUNT`. */
import { open } from "../../src/index.js";

const [worker = "0", count = "0"] = process.argv.slice(2);
await using firewall = await open();
for (let i = 0; i < Number(count); i++)
  await firewall.transaction("filter", (filter) =>
    filter.append("INPUT", { source: `10.${worker}.${i}.1/32`, jump: "ACCEPT" }),
  );
