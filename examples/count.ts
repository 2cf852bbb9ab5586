/**
 * The ten rules that met the most packets.
 *
 *     sudo npx tsx examples/count.ts
 */
import { open, printRule } from "../src/index.js";

await using firewall = await open();
const filter = await firewall.read("filter");

const counted = filter.chains.flatMap((chain) =>
  [...filter.rules(chain)].map((rule) => ({ chain, rule, packets: BigInt(rule.counters?.packets ?? 0) })),
);
counted.sort((a, b) => (a.packets < b.packets ? 1 : a.packets > b.packets ? -1 : 0));
for (const { chain, rule, packets } of counted.slice(0, 10))
  console.log(`${packets}`.padStart(12), `-A ${chain} ${printRule(rule)}`);
