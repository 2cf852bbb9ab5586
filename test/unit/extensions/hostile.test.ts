import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import { ENTRY } from "../../../src/extensions/entry-layout.js";
import type { Rule } from "../../../src/model/rule.js";
import { encodeRule } from "../../vectors/conformance.js";
import { contextOf } from "../../vectors/iptables.js";
import { vectorEntries } from "./vector-parts.js";

const CHAIN = "elsewhere";
/** The rule, or undefined where the bytes were refused with a typed error. Anything else fails the test. */
function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}
/** Whatever was read can be written, and reads the same again. */
function isFixed(rule: Rule, ctx: (typeof vectorEntries)[number]["ctx"]): void {
  const bytes = attempt(() => encodeRule(rule, ctx));
  if (!bytes) return;
  const jump =
    rule.jump === CHAIN || rule.goto === CHAIN ? CHAIN : rule.jump === undefined ? null : undefined;
  expect(decodeEntry(bytes, 0, jump, ctx)).toEqual(rule);
}

describe("bytes that no iptables sent", () => {
  it("truncated anywhere are refused", () => {
    for (const { bytes, ctx } of vectorEntries.filter((_, i) => i % 20 === 0))
      for (let length = 0; length < bytes.length; length++)
        expect(attempt(() => decodeEntry(bytes.slice(0, length), 0, null, ctx))).toBeUndefined();
  });
  it("changed anywhere are a rule or refused", () => {
    const jumps = [undefined, null, CHAIN] as const;
    const mutant = fc.record({
      entry: fc.constantFrom(...vectorEntries),
      changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      jump: fc.constantFrom(...jumps),
    });
    fc.assert(
      fc.property(mutant, ({ entry: { bytes, ctx }, changes, jump }) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at % changed.length] = value;
        const rule = attempt(() => decodeEntry(changed, 0, jump, ctx));
        if (rule) isFixed(rule, ctx);
      }),
      { numRuns: 5000 },
    );
  });
  it("of any content, size and place are a rule or refused", () => {
    const noise = fc.record({
      family: fc.constantFrom("ipv4" as const, "ipv6" as const),
      bytes: fc.uint8Array({ maxLength: 700 }),
      start: fc.integer({ min: 0, max: 64 }),
      sizes: fc.tuple(fc.nat(700), fc.nat(700), fc.nat(300)),
    });
    fc.assert(
      fc.property(noise, ({ family, bytes, start, sizes: [target, next, part] }) => {
        const { size, ...at } = ENTRY[family];
        const put = (place: number, value: number) => {
          bytes[place] = value & 255;
          bytes[place + 1] = value >> 8;
        };
        put(start + at.target, target & ~7);
        put(start + at.next, next & ~7);
        put(start + size, part & ~7);
        attempt(() => decodeEntry(bytes, start, undefined, contextOf(family)));
      }),
      { numRuns: 5000 },
    );
  });
});
