/** Restores a file and says when it begins and when it is done, so that it can be killed in between: `FILE [BACKEND]`. */
import { readFileSync } from "node:fs";
import { open } from "../../src/index.js";

const [, , file = "", backend = "legacy"] = process.argv;
await using firewall = await open({ backend: backend === "nft" ? "nft" : "legacy" });
const text = readFileSync(file, "utf8");
process.stdout.write("begin\n");
await firewall.restore(text);
process.stdout.write("done\n");
