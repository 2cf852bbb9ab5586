/** Waits for a word, then syncs the list of that file, so that it can be killed in between. */
import { createInterface } from "node:readline";
import { blocklist } from "../../src/index.js";

const [file = ""] = process.argv.slice(2);
const list = blocklist("drop", { sources: [{ file }], safe: false, backend: "legacy" });
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  void line;
  process.stdout.write("begin\n");
  const { by } = await list.sync();
  process.stdout.write(`done ${by}\n`);
  break;
}
process.exit();
