import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/errors.js";
import type { Context, Extension } from "../../../src/extensions/extension.js";
import { printPart } from "../../../src/extensions/lookup.js";
import { extensionIn } from "../../../src/extensions/part.js";
import { decodePart } from "../../../src/extensions/part-decode.js";
import { encodePart } from "../../../src/extensions/part-encode.js";
import { HEADER, putHeader } from "../../../src/extensions/part-header.js";
import { matches, targets } from "../../../src/extensions/registry.js";
import { sameValue } from "../../../src/model/equal.js";
import { FAMILIES } from "../../../src/model/family.js";
import { isOpaque, type Options, type Part } from "../../../src/model/rule.js";
import { contextOf } from "../../vectors/iptables.js";
import { vectorParts } from "./vector-parts.js";

const read = (bytes: Uint8Array, kind: Extension["kind"], ctx: Context): Part =>
  decodePart(bytes, 0, bytes.length, kind, new Int32Array(bytes.buffer), ctx);
const parts = vectorParts.map(({ kind, bytes, ctx }) => ({ kind, ctx, part: read(bytes, kind, ctx) }));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** Each different part that iptables sent. */
function partsOf(kind: Extension["kind"], name: string, family: Context["family"]): readonly Part[] {
  const all = new Map<string, Part>();
  for (const one of parts)
    if (one.kind === kind && one.part.name === name && one.ctx.family === family && !isOpaque(one.part))
      all.set(JSON.stringify(one.part), one.part);
  return [...all.values()];
}
/** The part as another revision has it; undefined where that revision cannot say so. */
function asRevision(other: Extension, options: Options, ctx: Context): Uint8Array | undefined {
  const bytes = new Uint8Array(HEADER + other.size(ctx.family));
  putHeader(bytes, 0, bytes.length, other.wire, other.revision(ctx.family)!);
  try {
    other.encode(bytes, HEADER, options, ctx);
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
  return sameValue(other.decode(bytes, HEADER, ctx), options) ? bytes : undefined;
}

const revisions = [...matches.values(), ...targets.values()].flatMap((extension) =>
  extension.others.map((other) => ({
    kind: extension.kind,
    name: extension.name,
    revision: other.revision("ipv4") ?? other.revision("ipv6"),
    other,
    own: extension,
  })),
);

describe("other revisions", () => {
  it.each(revisions)(
    "$kind $name, revision $revision, is read and written back",
    ({ kind, name, other, own }) => {
      let count = 0;
      for (const family of FAMILIES) {
        if (other.revision(family) === undefined) continue;
        const ctx = contextOf(family);
        for (const part of partsOf(kind, name, family)) {
          const bytes = asRevision(other, part.options, ctx);
          if (!bytes) continue;
          const again = read(bytes, kind, ctx);
          expect(extensionIn(again)).toBe(other);
          expect(again.options).toEqual(part.options);
          expect(printPart(again, kind, ctx)).toBe(printPart(part, kind, ctx));
          expect(hex(encodePart(again, kind, ctx))).toBe(hex(bytes));
          // Whoever takes its options makes a part of today's revision.
          const made = (own as unknown as (options: Options) => Part)(again.options);
          expect(encodePart(made, kind, ctx)[HEADER - 1]).toBe(own.revision(family));
          count++;
        }
      }
      expect(count).toBeGreaterThan(0);
    },
  );
});

const ctx = contextOf("ipv4");
const text = (kind: Extension["kind"], name: string, revision: number, hex: string): string => {
  const data = Buffer.from(hex.replaceAll(" ", ""), "hex"),
    bytes = new Uint8Array(HEADER + data.length);
  putHeader(bytes, 0, bytes.length, name, revision);
  bytes.set(data, HEADER);
  const part = read(bytes, kind, ctx);
  return isOpaque(part) ? "opaque" : printPart(part, kind, ctx);
};
describe("bytes of old, read by hand from the kernel's headers", () => {
  it.each([
    ["target", "NFQUEUE", 0, "0500 000000000000", "-j NFQUEUE --queue-num 5"],
    ["target", "NFQUEUE", 1, "0300 0200 00000000", "-j NFQUEUE --queue-balance 3:4"],
    ["target", "NFQUEUE", 2, "0300 0200 0100 0000", "-j NFQUEUE --queue-balance 3:4 --queue-bypass"],
    ["match", "state", 0, "06000000 00000000", "-m state --state RELATED,ESTABLISHED"],
    ["match", "socket", 1, "01 00000000000000", "-m socket --transparent"],
    [
      "match",
      "multiport",
      0,
      "0102 1600 5000 0000000000000000 0000000000000000 00000000000000000000",
      "-m multiport --dports 22,80",
    ],
    ["target", "CONNMARK", 1, "07000000 ff000000 ffffffff 00000000", "-j CONNMARK --set-xmark 0x7/0xff"],
    ["target", "NOTRACK", 0, "", "-j NOTRACK"],
    ["match", "addrtype", 0, "0400 0000 01000000 00000000 00000000", "-m addrtype ! --src-type LOCAL"],
    ["match", "cgroup", 0, "05000000 01000000", "-m cgroup ! --cgroup 5"],
    [
      "match",
      "nfacct",
      0,
      `${"6163637431".padEnd(64, "0")} 0000000000000000`,
      "-m nfacct --nfacct-name  acct1",
    ],
    [
      "match",
      "bpf",
      0,
      `0100 0000 06000000 ffffffff ${"00".repeat(516)}`,
      '-m bpf --bytecode "1,6 0 0 4294967295"',
    ],
    ["match", "cgroup", 0, "05000000 02000000", "opaque"],
    // What it did not have then is not guessed at.
    ["match", "socket", 1, "03 00000000000000", "opaque"],
    ["target", "NFQUEUE", 2, "0300 0200 0300 0000", "opaque"],
    ["match", "state", 0, "06000000", "opaque"],
    [
      "match",
      "multiport",
      0,
      "0110 1600 5000 0000000000000000 0000000000000000 00000000000000000000",
      "opaque",
    ],
  ] as const)("%s %s, revision %d: %s", (kind, name, revision, hex, said) => {
    expect(text(kind, name, revision, hex)).toBe(said);
  });
  it("match cgroup, revision 1: the four flags, 4096 bytes of path, the class", () => {
    const said = (flags: string, path: string, classid: string) =>
      text("match", "cgroup", 1, `${flags} ${path.padEnd(8192, "0")} ${classid} ${"0".repeat(16)}`);
    expect(said("01000000", "2f61", "00000000")).toBe('-m cgroup --path "/a"');
    expect(said("00010001", "", "07000000")).toBe("-m cgroup ! --cgroup 7");
    // A path that no rule of today could have.
    expect(said("01000000", "61".repeat(511), "00000000")).toBe(`-m cgroup --path ${"a".repeat(511)}`);
    expect(said("01000000", "61".repeat(512), "00000000")).toBe("opaque");
  });
});
