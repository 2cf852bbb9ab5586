import { textAt, textEnd } from "../../../src/codec/struct.js";
import { ENTRY } from "../../../src/extensions/entry-layout.js";
import type { Context, Extension } from "../../../src/extensions/extension.js";
import { onWire } from "../../../src/extensions/registry.js";
import { contextOf, familyOf, readVectors } from "../../vectors/iptables.js";

/** One match or target as iptables sent it. */
export interface VectorPart {
  readonly kind: Extension["kind"];
  readonly name: string;
  readonly args: string;
  readonly ctx: Context;
  /** Header and info struct. */
  readonly bytes: Uint8Array;
}

const u16At = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
/** Every entry of the vectors, whole. */
export const vectorEntries = readVectors().flatMap((vector) =>
  vector.sent === undefined
    ? []
    : [
        {
          ctx: contextOf(familyOf(vector)),
          args: vector.argv.join(" "),
          bytes: new Uint8Array(Buffer.from(vector.sent, "hex")),
        },
      ],
);
/** Every part of the vectors that a declared extension stands for. */
export const vectorParts: readonly VectorPart[] = vectorEntries.flatMap(({ ctx, args, bytes }) => {
  const { size, target } = ENTRY[ctx.family],
    targetAt = u16At(bytes, target),
    parts: VectorPart[] = [];
  for (let at = size; at < bytes.length; at += u16At(bytes, at)) {
    const kind = at < targetAt ? "match" : "target",
      name = textAt(bytes, at + 2, textEnd(bytes, at + 2, at + 31));
    if (onWire[kind].has(name))
      parts.push({ kind, name, args, ctx, bytes: bytes.slice(at, at + u16At(bytes, at)) });
  }
  return parts;
});
