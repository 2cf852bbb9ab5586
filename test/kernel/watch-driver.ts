/**
 * Watches, and hears nothing until a line comes in: what the kernel cannot queue until then is lost. Says as JSON, a line
 * each, who made a change and how many differences there were; ends with a rule in OUTPUT.
 */
import { readSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { open } from "../../src/index.js";

await using firewall = await open({ backend: "nft" });
const changes = firewall.watch();
let next = changes.next();
await sleep(300);
writeSync(1, "ready\n");
readSync(0, new Uint8Array(1));
for (;;) {
  const { value, done } = await next;
  if (done) break;
  const { by, differences } = value;
  writeSync(1, `${JSON.stringify({ by: by.map(({ name }) => name), differences: differences.length })}\n`);
  if (differences.some(({ chain }) => chain === "OUTPUT")) break;
  next = changes.next();
}
await changes.return(undefined);
process.exit();
