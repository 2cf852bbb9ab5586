import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import { encodePart } from "../../../src/extensions/entry.js";
import type { Context, Extension } from "../../../src/extensions/extension.js";
import { printPart } from "../../../src/extensions/lookup.js";
import { extensionIn } from "../../../src/extensions/part.js";
import { decodePart } from "../../../src/extensions/part-decode.js";
import { isOpaque, type Part } from "../../../src/model/rule.js";
import { type VectorPart, vectorParts } from "./vector-parts.js";

const decode = (bytes: Uint8Array, kind: Extension["kind"], ctx: Context): Part => {
  const own = bytes.slice();
  return decodePart(own, 0, own.length, kind, new Int32Array(own.buffer), ctx);
};
const byExtension = new Map<string, VectorPart[]>();
for (const part of vectorParts) {
  const label = `${part.kind} ${part.name}`;
  byExtension.set(label, [...(byExtension.get(label) ?? []), part]);
}
/** Equal but for what the extension does not call its own. */
function sameBytes(part: Part, a: Uint8Array, b: Uint8Array, ctx: Context): boolean {
  const extension = extensionIn(part);
  return (
    a.length === b.length &&
    (Buffer.compare(a, b) === 0 || (extension?.same(a, 32, b, 32, ctx.family) ?? false))
  );
}
/** Runs `what`; a typed refusal is as good as a result. */
function refused(what: () => void): boolean {
  try {
    what();
    return false;
  } catch (error) {
    if (isRampartError(error)) return true;
    throw error;
  }
}

describe.each([...byExtension])("%s", (_, parts) => {
  it("is understood as iptables sends it, and gives the same bytes back", () => {
    for (const { args, bytes, kind, ctx } of parts) {
      const part = decode(bytes, kind, ctx);
      expect(isOpaque(part), args).toBe(false);
      expect(Buffer.from(encodePart(part, kind, ctx)).toString("hex"), args).toBe(
        Buffer.from(bytes).toString("hex"),
      );
    }
  });
  it("survives JSON: the plain object stands for the same bytes", () => {
    for (const { args, bytes, kind, ctx } of parts) {
      const part = decode(bytes, kind, ctx),
        plain = JSON.parse(JSON.stringify(part)) as Part;
      expect(plain, args).toEqual({ name: part.name, options: part.options });
      expect(Buffer.from(encodePart(plain, kind, ctx)).toString("hex"), args).toBe(
        Buffer.from(bytes).toString("hex"),
      );
      expect(printPart(plain, kind, ctx), args).toBe(printPart(part, kind, ctx));
    }
  });
  it("is canonical when decoded, and frozen to the ground", () => {
    for (const { args, bytes, kind, ctx } of parts) {
      const part = decode(bytes, kind, ctx);
      expect(extensionIn(part)!.canonical(part.options), args).toEqual(part.options);
      const reach = (value: unknown): void => {
        if (typeof value !== "object" || value === null) return;
        expect(Object.isFrozen(value), args).toBe(true);
        for (const inner of Object.values(value)) reach(inner);
      };
      reach(part);
    }
  });
  it("never loses a byte, whatever stands in its struct", () => {
    const mutant = fc.record({
      part: fc.constantFrom(...parts),
      changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(mutant, ({ part: { bytes, kind, ctx }, changes }) => {
        const changed = bytes.slice();
        for (const [at, value] of changes)
          if (changed.length > 32) changed[32 + (at % (changed.length - 32))] = value;
        const part = decode(changed, kind, ctx);
        // A set that does not exist, and options that iptables would refuse, may be read but not written.
        let again: Uint8Array = changed;
        if (!refused(() => (again = encodePart(part, kind, ctx))))
          expect(sameBytes(part, again, changed, ctx)).toBe(true);
        if (!isOpaque(part)) printPart(part, kind, ctx);
      }),
      { numRuns: 500 },
    );
  });
  it("takes every byte sequence as a struct, understood or kept", () => {
    const { bytes, kind, ctx } = parts[0] as VectorPart;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: bytes.length - 32, maxLength: bytes.length - 32 }), (noise) => {
        const random = bytes.slice();
        random.set(noise, 32);
        const part = decode(random, kind, ctx);
        if (isOpaque(part)) expect(encodePart(part, kind, ctx)).toEqual(random);
        else printPart(part, kind, ctx);
      }),
      { numRuns: 200 },
    );
  });
});
