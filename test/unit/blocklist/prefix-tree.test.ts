import { containsCidr } from "cidr-tools";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAddresses } from "../../../src/blocklist/address-lists.js";
import { networksOf } from "../../../src/blocklist/networks.js";
import { prefixTree, type TreeChain } from "../../../src/blocklist/prefix-tree.js";
import type { Family } from "../../../src/model/family.js";
import { Slices } from "../../../src/model/slices.js";

async function treeOf(texts: readonly string[], family: Family = "ipv4"): Promise<TreeChain[]> {
  const { ranges } = await readAddresses([{ entries: texts }]);
  return prefixTree("drop", await networksOf(ranges[family], new Slices("test")));
}
/** What the kernel does with a packet: whether it is blocked, and how many rules it meets. */
function walk(tree: readonly TreeChain[], address: string): { blocked: boolean; met: number } {
  let met = 0;
  for (let chain = tree[0]; chain; ) {
    let next: string | undefined;
    for (const { source, goto } of chain.rules) {
      met++;
      if (!containsCidr(source, address)) continue;
      if (goto === undefined) return { blocked: true, met };
      next = goto;
      break;
    }
    chain = next === undefined ? undefined : tree.find(({ name }) => name === next);
  }
  return { blocked: false, met };
}
const v4 = fc
  .tuple(fc.nat(2), fc.nat(255), fc.nat(255), fc.integer({ min: 6, max: 32 }))
  .map(([a, b, c, bits]) => `10.${a}.${b}.${c}/${bits}`);
const v6 = fc
  .tuple(fc.nat(3), fc.nat(0xffff), fc.integer({ min: 20, max: 128 }))
  .map(([a, b, bits]) => `2001:db8:${a}::${b.toString(16)}/${bits}`);

describe("a list as a tree of chains", () => {
  it.each([
    ["ipv4", v4],
    ["ipv6", v6],
  ] as const)("blocks what the list holds and nothing else: %s", (family, network) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(network, { minLength: 1, maxLength: 120 }),
        fc.array(network, { maxLength: 20 }),
        async (listed, others) => {
          const tree = await treeOf(listed, family);
          for (const text of [...listed, ...others]) {
            const address = text.replace(/\/.*/, "");
            expect([address, walk(tree, address).blocked]).toEqual([address, containsCidr(listed, address)]);
          }
          expect(new Set(tree.map(({ name }) => name)).size).toBe(tree.length);
          for (const { name } of tree) expect(name.length).toBeLessThanOrEqual(28);
        },
      ),
      { numRuns: 60 },
    ),
  );
  it("lets a packet meet tens of rules, of ten thousand", async () => {
    let seed = 1;
    const next = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
    const texts = Array.from({ length: 10_000 }, () => {
      const n = next();
      return `${((n >>> 24) % 223) + 1}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${next() >>> 24}`;
    });
    const tree = await treeOf(texts);
    const met = texts.slice(0, 300).map((text) => walk(tree, text));
    expect(met.every(({ blocked }) => blocked)).toBe(true);
    expect(Math.max(...met.map((one) => one.met))).toBeLessThan(80);
    expect(met.reduce((sum, one) => sum + one.met, 0) / met.length).toBeLessThan(40);
  });
  it("keeps its chains where an address more or less does not touch them", async () => {
    const texts = Array.from({ length: 2000 }, (_, i) => `10.${i >> 4}.${(i & 15) * 16}.1`);
    const before = new Map((await treeOf(texts)).map(({ name, rules }) => [name, JSON.stringify(rules)]));
    const after = await treeOf([...texts, "10.5.7.9"]);
    expect(after.filter(({ name, rules }) => before.get(name) !== JSON.stringify(rules)).length).toBeLessThan(
      4,
    );
  });
});
