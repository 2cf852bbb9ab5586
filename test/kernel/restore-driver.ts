/** Restores a file and says when it begins and when it is done, so that it can be killed in between. */
import { readFileSync } from "node:fs";
import { open } from "../../src/index.js";

await using firewall = await open();
const text = readFileSync(process.argv[2] ?? "", "utf8");
process.stdout.write("begin\n");
await firewall.restore(text);
process.stdout.write("done\n");
