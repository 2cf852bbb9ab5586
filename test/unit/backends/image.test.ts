import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Image, tableOf } from "../../../src/backends/legacy/image.js";
import { isRampartError } from "../../../src/errors.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import type { Family } from "../../../src/model/family.js";
import { sameRule } from "../../../src/model/table.js";
import { contextOf } from "../../vectors/iptables.js";
import { vectorEntries } from "../extensions/vector-parts.js";
import { type ImageParts, imageOf } from "./image-builder.js";

const EXTENSIONS = [
  { name: "tcp", kind: 0, revision: 0 },
  { name: "n".repeat(28), kind: 1, revision: 3 },
];
const entriesOf = (family: Family) => vectorEntries.filter(({ ctx }) => ctx.family === family);
/** Small tables of what iptables once sent. */
const parts: fc.Arbitrary<ImageParts> = fc.constantFrom<Family>("ipv4", "ipv6").chain((family) => {
  const entry = fc.constantFrom(...entriesOf(family)).map(({ bytes }) => bytes);
  const rule = fc.record({ entry, jump: fc.constantFrom(-1, -1, -2, 0, 1) });
  const rules = fc.array(rule, { maxLength: 5 });
  return fc.record({
    family: fc.constant(family),
    extensions: fc.subarray(EXTENSIONS),
    chains: fc.tuple(
      fc.record({ name: fc.constant("INPUT"), policy: fc.constantFrom(-1, -2), rules }),
      fc.record({ name: fc.constantFrom("web", "é".repeat(15)), policy: fc.constant(0), rules }),
    ),
  });
});

/** The outcome, or undefined where the bytes were refused with a typed error. Anything else fails the test. */
function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch (error) {
    if (isRampartError(error, "invalid-value") || isRampartError(error, "invalid-rule")) return undefined;
    if (isRampartError(error, "chain-name")) return undefined;
    throw error;
  }
}
const LOOKED_AT = 50;
/** Looks at all that an image can be asked for. */
function lookThrough(buffer: ArrayBuffer, family: Family): void {
  const image = attempt(() => new Image(buffer, contextOf(family)));
  if (!image) return;
  image.uses("tcp");
  for (const { slots } of image.chains)
    for (let i = 0; i < Math.min(slots.length, LOOKED_AT); i++) {
      const index = slots.at(i) as number,
        rule = attempt(() => image.rule(index));
      attempt(() => image.target(index));
      if (rule) attempt(() => image.finder(rule)(index));
    }
  for (const name of ["INPUT", "web"]) {
    const table = tableOf(image, family, "filter", sameRule);
    if (table.has(name)) for (let i = 0; i < LOOKED_AT; i++) attempt(() => table.rules(name).at(i));
  }
}

describe("an image", () => {
  it("written by its description alone reads as what was put in", () => {
    fc.assert(
      fc.property(parts, (made) => {
        const ctx = contextOf(made.family),
          image = new Image(imageOf(made), ctx);
        expect([...image.digest]).toEqual(Array(16).fill(0xd1));
        for (const { name } of EXTENSIONS)
          expect(image.uses(name)).toBe(made.extensions.some((extension) => extension.name === name));
        let index = 0;
        for (const [i, { name, policy, rules }] of made.chains.entries()) {
          expect(image.chains[i]).toMatchObject({
            name,
            builtIn: policy !== 0,
            counters: { packets: i, bytes: "1152921504606846976" },
          });
          expect(image.chains[i]!.policy).toBe(policy === 0 ? undefined : policy === -1 ? "DROP" : "ACCEPT");
          for (const { entry, jump } of rules) {
            const chain = jump >= 0 ? made.chains[jump]!.name : jump === -2 ? null : undefined,
              wanted = attempt(() => decodeEntry(entry, 0, chain, ctx));
            expect(attempt(() => image.rule(index))).toEqual(wanted);
            expect(image.target(index)).toBe(chain ?? undefined);
            index++;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("cut off anywhere is refused, or the rules that are not there are", () => {
    const made = fc.sample(parts, { numRuns: 4, seed: 7 });
    for (const one of made) {
      const whole = imageOf(one);
      for (let length = 0; length < whole.byteLength; length++) {
        lookThrough(whole.slice(0, length), one.family);
        if (length < 72)
          expect(attempt(() => new Image(whole.slice(0, length), contextOf(one.family)))).toBe(undefined);
      }
    }
  });

  it("of another family or version is refused", () => {
    const [one] = fc.sample(parts, { numRuns: 1, seed: 7 });
    const whole = imageOf(one!),
      other: Family = one!.family === "ipv4" ? "ipv6" : "ipv4";
    expect(attempt(() => new Image(whole, contextOf(one!.family)))).toBeDefined();
    expect(attempt(() => new Image(whole, contextOf(other)))).toBeUndefined();
    new DataView(whole).setUint32(0, 1, true);
    expect(attempt(() => new Image(whole, contextOf(one!.family)))).toBeUndefined();
  });

  it("changed anywhere is an image or refused, in the end too", () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 127, 255)),
    );
    // Most of an image is entries; what leads to them gets its share.
    const front = fc.tuple(fc.nat(71), fc.integer({ min: 0, max: 255 })),
      back = fc.tuple(
        fc.integer({ min: -(2 * 72 + 2 * 32 + 80), max: -1 }),
        fc.integer({ min: 0, max: 255 }),
      );
    const changes = fc.array(fc.oneof(change, front, back), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, changes, (made, all) => {
        const buffer = imageOf(made),
          bytes = new Uint8Array(buffer);
        for (const [at, value] of all) bytes[(bytes.length + (at % bytes.length)) % bytes.length] = value;
        lookThrough(buffer, made.family);
      }),
      { numRuns: 3000 },
    );
  });

  it("of any bytes at all is refused, or what it says is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, begun) => {
        const bytes = Uint8Array.from(noise);
        if (begun && bytes.length >= 72) bytes.set([2, 0, 0, 0, 4, 0, 0, 0], 0);
        lookThrough(bytes.buffer, "ipv4");
      }),
      { numRuns: 3000 },
    );
  });
});
