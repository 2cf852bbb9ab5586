import { byteLength, putText, textAt, textEnd, u16, u16At } from "../codec/struct.js";
import { fail } from "../errors.js";

/** `struct xt_entry_match` and `struct xt_entry_target` begin alike: u16 size, char name[29], u8 revision (linux/netfilter/x_tables.h). */
export const HEADER = 32,
  NAME_SIZE = 29,
  REVISION = 31;
export const short = u16.slot(0);

/** The 32 bytes before an extension's own. `size` counts them too. */
export function putHeader(bytes: Uint8Array, at: number, size: number, name: string, revision = 0): void {
  if (byteLength(name) >= NAME_SIZE || name.includes("\0"))
    fail(`"${name}" is longer than ${NAME_SIZE - 1} bytes`);
  bytes.fill(0, at, at + HEADER);
  short.set(bytes, at, size);
  putText(bytes, at + 2, NAME_SIZE, name);
  bytes[at + REVISION] = revision;
}
/** The name in the header at `at`; empty in a standard target. */
export const nameOf = (b: Uint8Array, at: number): string =>
  textAt(b, at + 2, textEnd(b, at + 2, at + REVISION));
/** The size of the part at `at`, which must end at `end` or before. */
export function sizeOfPart(b: Uint8Array, at: number, end: number): number {
  const size = end - at >= HEADER ? u16At(b, at) : 0;
  return size >= HEADER && size <= end - at && (size & 7) === 0
    ? size
    : fail("a rule whose parts do not fit into it");
}
