import { describe, expect, it } from "vitest";
import { judgeLive, makeObjects } from "../vectors/live-nft.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
/** `npm run conformance -- --backend nft` takes all of them. */
const EVERY = 9;

describe("what Rampart writes to nf_tables", () => {
  it.each(["ipv4", "ipv6"] as const)("iptables-nft-save prints as iptables would, %s", async (family) => {
    makeObjects((...command) => namespace.run(...command));
    await using firewall = await namespace.open({ family, backend: "nft" });
    const wrong: string[] = [];
    let good = 0;
    for await (const { vector, problem, apart } of judgeLive(
      firewall,
      (...c) => namespace.run(...c),
      EVERY,
    )) {
      if (problem !== undefined) wrong.push(`${vector.argv.join(" ")}: ${problem}`);
      else if (apart === undefined) good++;
    }
    expect(wrong).toEqual([]);
    expect(good).toBeGreaterThan(150);
  });
});
