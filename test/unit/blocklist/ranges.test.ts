import { excludeCidr, mergeCidr } from "cidr-tools";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAddresses } from "../../../src/blocklist/address-lists.js";
import { changesBetween, networksOf, networkTexts, sortNetworks } from "../../../src/blocklist/networks.js";
import type { Ranges } from "../../../src/blocklist/range-list.js";
import { subtractRanges } from "../../../src/blocklist/subtract.js";
import { Slices } from "../../../src/model/slices.js";

/** Addresses that lie near each other, so that they overlap, touch, and nest. */
const v4 = fc
  .tuple(fc.constantFrom(10, 255, 0), fc.nat(3), fc.nat(255), fc.integer({ min: 1, max: 32 }))
  .map(([a, b, c, bits]) => `${a}.${b}.0.${c}/${bits}`);
const v6 = fc
  .tuple(
    fc.constantFrom("2001:db8", "ffff:ffff", "0:1"),
    fc.nat(3),
    fc.nat(0xffff),
    fc.integer({ min: 1, max: 128 }),
  )
  .map(([a, b, c, bits]) => `${a}:0:0:0:0:${b}:${c.toString(16)}/${bits}`);
const networks = fc.array(fc.oneof(v4, v6), { maxLength: 60 });

const slices = (): Slices => new Slices("test");
/** A list may not say that it means every address by /0, but a range may. */
const EVERY: Readonly<Record<string, string>> = {
  "0.0.0.0/0": "0.0.0.0-255.255.255.255",
  "::/0": "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};
async function rangesOf(texts: readonly string[]) {
  return (await readAddresses([{ entries: texts.map((text) => EVERY[text] ?? text) }])).ranges;
}
const textsOf = async (ranges: Ranges): Promise<string[]> => [
  ...networkTexts(await networksOf(ranges, slices())),
];
/** cidr-tools writes hosts with their prefix. */
const whole = (text: string): string =>
  text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
const bare = (text: string): string => text.replace(/(?<=\..*)\/32$|(?<=:.*)\/128$/, "");
const sorted = (texts: readonly string[]): string[] => [...texts].sort();

describe("a list becomes the fewest networks", () => {
  it("as cidr-tools has them", () =>
    fc.assert(
      fc.asyncProperty(networks, async (texts) => {
        const { ipv4, ipv6 } = await rangesOf(texts);
        const ours = [...(await textsOf(ipv4)), ...(await textsOf(ipv6))].map(whole);
        expect(sorted(ours.map(bare))).toEqual(sorted(mergeCidr(texts).map(bare)));
      }),
      { numRuns: 300 },
    ));
  it("of a list such as are published: 20,000 hosts and networks", async () => {
    let seed = 7;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const texts = Array.from({ length: 20_000 }, () => {
      const address = `${next(4) + 1}.${next(20)}.${next(256)}.${next(256)}`;
      return next(3) === 0 ? `${address}/${16 + next(17)}` : address;
    });
    const { ipv4 } = await rangesOf(texts);
    expect(sorted(await textsOf(ipv4))).toEqual(sorted(mergeCidr(texts).map(bare)));
  });
  it("at both ends of all addresses", async () => {
    const { ipv4, ipv6 } = await rangesOf([
      "0.0.0.0-255.255.255.255",
      "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]);
    expect(await textsOf(ipv4)).toEqual(["0.0.0.0/0"]);
    expect(await textsOf(ipv6)).toEqual(["::/0"]);
  });
});

describe("what is safe is taken out exactly", () => {
  it("as cidr-tools does it", () =>
    fc.assert(
      fc.asyncProperty(networks, fc.array(fc.oneof(v4, v6), { maxLength: 12 }), async (listed, safe) => {
        const from = await rangesOf(listed),
          without = await rangesOf(safe);
        for (const family of ["ipv4", "ipv6"] as const) {
          const mine = listed.filter((text) => text.includes(":") === (family === "ipv6"));
          const left = await textsOf(await subtractRanges(from[family], without[family], slices()));
          expect(sorted(left)).toEqual(sorted(mergeCidr(excludeCidr(mine, safe)).map(bare)));
          // What was taken out was listed and is safe; with what is left it is what there was.
          const out = await textsOf(
            await subtractRanges(from[family], (await rangesOf(left))[family], slices()),
          );
          expect(excludeCidr(out, safe)).toEqual([]);
          const both = await rangesOf([...left, ...out]);
          expect(await textsOf(both[family])).toEqual(await textsOf(from[family]));
        }
      }),
      { numRuns: 300 },
    ));
  it("a /8 that holds one safe address becomes the 24 networks around it", async () => {
    const { ipv4 } = await rangesOf(["10.0.0.0/8"]),
      safe = await rangesOf(["10.1.2.3"]);
    const left = await textsOf(await subtractRanges(ipv4, safe.ipv4, slices()));
    expect(left).toHaveLength(24);
    expect(left).toContain("10.1.2.2");
    expect(left).not.toContain("10.1.2.3");
  });
});

describe("the difference of two lists", () => {
  it("makes one of the other", () =>
    fc.assert(
      fc.asyncProperty(networks, networks, async (before, after) => {
        const old = await rangesOf(before),
          next = await rangesOf(after);
        for (const family of ["ipv4", "ipv6"] as const) {
          const a = await networksOf(old[family], slices()),
            b = await networksOf(next[family], slices());
          const { added, removed } = await changesBetween(a, b, slices());
          const held = new Set(networkTexts(a));
          for (const text of networkTexts(removed)) expect(held.delete(text)).toBe(true);
          for (const text of networkTexts(added)) {
            expect(held.has(text)).toBe(false);
            held.add(text);
          }
          expect(sorted([...held])).toEqual(sorted([...networkTexts(b)]));
        }
      }),
      { numRuns: 200 },
    ));
  it("is found among networks in any order", async () => {
    const { ipv4 } = await rangesOf(["10.0.0.1", "10.0.0.4/30", "10.0.0.9", "192.0.2.0/24"]);
    const ordered = await networksOf(ipv4, slices());
    const backwards = {
      ...ordered,
      addresses: ordered.addresses.slice(0, ordered.length).reverse(),
      bits: ordered.bits.slice(0, ordered.length).reverse(),
    };
    expect([...networkTexts(await sortNetworks(backwards, slices()))]).toEqual([...networkTexts(ordered)]);
  });
});
