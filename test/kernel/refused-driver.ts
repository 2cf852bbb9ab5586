/** Restores the file on standard input over one rule, with nf_tables; prints the error, and what the kernel holds then. */
import { text } from "node:stream/consumers";
import { isRampartError, open } from "../../src/index.js";

await using firewall = await open({ backend: "nft" });
await firewall.restore("*filter\n-A INPUT -j ACCEPT\nCOMMIT\n");
const file = await text(process.stdin),
  error: unknown = await firewall.restore(file).catch((refusal: unknown) => refusal),
  jumps = [...(await firewall.read("filter")).rules("INPUT")].map(({ jump }) => jump);
process.stdout.write(
  JSON.stringify({ jumps, ...(isRampartError(error) && { code: error.code, context: error.context }) }),
);
