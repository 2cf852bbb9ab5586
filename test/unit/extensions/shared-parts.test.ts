import { describe, expect, it } from "vitest";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import type { Context, Extension } from "../../../src/extensions/extension.js";
import { decodePart } from "../../../src/extensions/part-decode.js";
import { encodePart } from "../../../src/extensions/part-encode.js";
import { REVISION } from "../../../src/extensions/part-header.js";
import { onWire } from "../../../src/extensions/registry.js";
import { FAMILIES } from "../../../src/model/family.js";
import { isOpaque, type Part } from "../../../src/model/rule.js";
import { contextOf } from "../../vectors/iptables.js";
import { vectorEntries, vectorParts } from "./vector-parts.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const read = (bytes: Uint8Array, kind: Extension["kind"], ctx: Context): Part =>
  decodePart(bytes, 0, bytes.length, kind, new Int32Array(bytes.buffer), ctx);
/** Often enough to be kept. */
function learn(bytes: Uint8Array, kind: Extension["kind"], ctx: Context): Part {
  for (let i = 0; i < 2; i++) read(bytes, kind, ctx);
  return read(bytes, kind, ctx);
}
const isLocal = ({ name }: Part): boolean => /^set$/i.test(name);

describe("a part that was met before", () => {
  it("is the same frozen object, and so is the list of all the matches of a rule", () => {
    for (const { ctx, args, bytes } of vectorEntries) {
      const once = decodeEntry(bytes, 0, null, ctx),
        [second, third] = [decodeEntry(bytes, 0, null, ctx), decodeEntry(bytes, 0, null, ctx)];
      expect(third, args).toEqual(once);
      for (const { matches } of [second, third])
        expect(Object.isFrozen(matches ?? Object.freeze([])), args).toBe(true);
      // A cgroup by its path has 4 KiB, which nobody keeps.
      if (bytes.length < 2048 && !second.matches?.some(isLocal))
        expect(third.matches, args).toBe(second.matches);
      for (const part of third.matches ?? []) {
        expect(() => Object.assign(part, { name: "other" }), args).toThrow(TypeError);
        expect(() => Object.assign(part.options, { other: 1 }), args).toThrow(TypeError);
      }
    }
  });

  it("is not taken for one of another revision, of the other kind or of the other family", () => {
    for (const { kind, args, ctx, bytes } of vectorParts) {
      learn(bytes, kind, ctx);
      const holds = (other: Uint8Array, as: Extension["kind"], where: Context, what: string): void => {
        const part = learn(other, as, where),
          again = encodePart(part, as, where),
          own = onWire[as].get(part.name)?.[0];
        // What an extension does not call its own need not come back.
        if (isOpaque(part) || !own) expect(hex(again), `${what} of ${args}`).toBe(hex(other));
        else expect([...again.subarray(0, 32)], `${what} of ${args}`).toEqual([...other.subarray(0, 32)]);
      };
      for (let revision = 0; revision < 5; revision++) {
        const other = bytes.slice();
        other[REVISION] = revision;
        holds(other, kind, ctx, `revision ${revision}`);
      }
      holds(bytes, kind === "match" ? "target" : "match", ctx, "the other kind");
      for (const family of FAMILIES) holds(bytes, kind, contextOf(family), family);
    }
  });

  it("is read anew where its meaning depends on the namespace", () => {
    const set = vectorParts.find(({ name, ctx }) => name === "set" && ctx.family === "ipv4")!;
    const inOther: Context = { ...set.ctx, setName: () => "another", setIndex: () => 0 };
    const here = JSON.stringify(learn(set.bytes, set.kind, set.ctx));
    expect(here).not.toContain("another");
    expect(JSON.stringify(learn(set.bytes, set.kind, inOther))).not.toBe(here);
    expect(JSON.stringify(learn(set.bytes, set.kind, set.ctx))).toBe(here);
  });
});
