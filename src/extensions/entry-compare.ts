import type { Family } from "../model/family.js";
import { ENTRY } from "./entry-layout.js";
import type { Extension } from "./extension.js";
import { HEADER, nameOf, REVISION, short } from "./part-header.js";
import { onWire } from "./registry.js";

const equal = (a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, n: number): boolean => {
  for (let i = 0; i < n; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
};

/** Two parts of the same size: equal, or equal in all that the extension calls its own. */
function samePart(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  size: number,
  kind: Extension["kind"],
  family: Family,
): boolean {
  if (equal(a, aAt, b, bAt, size)) return true;
  const name = nameOf(a, aAt),
    revision = a[aAt + REVISION];
  if (name !== nameOf(b, bAt) || revision !== b[bAt + REVISION]) return false;
  return (onWire[kind].get(name) ?? []).some(
    (extension) =>
      extension.revision(family) === revision &&
      extension.size(family) === size - HEADER &&
      extension.same(a, aAt + HEADER, b, bAt + HEADER, family),
  );
}

/**
 * Whether the entry at `start` of an image is the same rule as the one that `entry` holds from its first byte: counters,
 * the kernel's marks and its scratch in extensions aside. A jump's verdict is compared as it stands.
 */
export function sameEntry(image: Uint8Array, start: number, entry: Uint8Array, family: Family): boolean {
  const E = ENTRY[family],
    next = short.get(entry, E.next),
    target = short.get(entry, E.target);
  if (start + next > image.length || next > entry.length) return false;
  // Up to comefrom: addresses, interfaces, protocol, flags and the offsets.
  if (!equal(image, start, entry, 0, E.comefrom)) return false;
  for (let at = E.size; at < next; ) {
    const size = short.get(entry, at);
    if (size < HEADER || at + size > next || short.get(image, start + at) !== size) return false;
    if (!samePart(image, start + at, entry, at, size, at < target ? "match" : "target", family)) return false;
    at += size;
  }
  return true;
}
