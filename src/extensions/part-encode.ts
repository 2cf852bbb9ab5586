import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { isOpaque, type Part } from "../model/rule.js";
import type { Context, Extension } from "./extension.js";
import { adoptPart } from "./lookup.js";
import { encodeOpaque } from "./opaque.js";
import { bytesOf, extensionIn } from "./part.js";
import { HEADER, putHeader } from "./part-header.js";

const headers: Record<Family, Map<Extension, Uint8Array>> = { ipv4: new Map(), ipv6: new Map() };
function headerOf(extension: Extension, family: Family): Uint8Array {
  const known = headers[family].get(extension);
  if (known) return known;
  const revision = extension.revision(family) ?? fail(`${extension.name} does not exist for ${family}`);
  const bytes = new Uint8Array(HEADER);
  putHeader(bytes, 0, HEADER + extension.size(family), extension.wire, revision);
  headers[family].set(extension, bytes);
  return bytes;
}

/** Parts are cut from blocks: an allocation each would cost more than encoding them. */
const BLOCK = 1 << 16;
let block = new Uint8Array(0),
  used = 0;
function cut(size: number): Uint8Array {
  if (used + size > block.length) {
    block = new Uint8Array(Math.max(BLOCK, size));
    used = 0;
  }
  const bytes = block.subarray(used, used + size);
  used += size;
  return bytes;
}

function fresh(part: Part, extension: Extension, ctx: Context): Uint8Array {
  const header = headerOf(extension, ctx.family);
  extension.checkOptions(part.options, ctx);
  const bytes = cut(HEADER + extension.size(ctx.family));
  bytes.set(header);
  extension.encode(bytes, HEADER, part.options, ctx);
  return bytes;
}

/**
 * The match or target as the kernel takes it: header and info struct, aligned. A part that is encoded again and again
 * gives the same array, so what was done with it once can be found by its identity. Do not write to it.
 */
export function encodePart(part: Part, kind: Extension["kind"], ctx: Context): Uint8Array {
  const own = extensionIn(part);
  if (own?.kind === kind) return bytesOf(part, ctx, fresh);
  return isOpaque(part) ? encodeOpaque(part) : bytesOf(adoptPart(part, kind, ctx), ctx, fresh);
}
