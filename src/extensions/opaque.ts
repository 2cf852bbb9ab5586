import { putText, textAt, textEnd } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { OpaquePart } from "../model/rule.js";
import { HEADER, NAME_SIZE, putHeader, REVISION } from "./part-header.js";

/** Whatever stands there, kept byte for byte. `size` is the header's own, checked by the caller. */
export function opaqueAt(bytes: Uint8Array, at: number, size: number): OpaquePart {
  const end = textEnd(bytes, at + 2, at + REVISION),
    name = textAt(bytes, at + 2, end),
    written = new Uint8Array(NAME_SIZE);
  // A name that is not the text of its bytes could not be written back.
  if (end === at + REVISION || putText(written, 0, NAME_SIZE, name) !== end - at - 2)
    fail("an extension without a proper name");
  for (let i = 0; i < end - at - 2; i++)
    if (written[i] !== bytes[at + 2 + i]) fail("an extension without a proper name");
  let data = "";
  for (let i = at + HEADER; i < at + size; i++) data += bytes[i]!.toString(16).padStart(2, "0");
  return Object.freeze({
    name,
    options: Object.freeze({}),
    opaque: Object.freeze({ revision: bytes[at + REVISION]!, data }),
  }) as OpaquePart;
}

const encoded = new WeakMap<OpaquePart, Uint8Array>();
/** The same bytes again; the same object every time, if the part is frozen. */
export function encodeOpaque(part: OpaquePart): Uint8Array {
  const known = encoded.get(part);
  if (known) return known;
  const { revision, data } = part.opaque;
  if (!/^(?:[\da-f]{16})*$/i.test(data))
    fail(`${part.name}: opaque data is hex, in multiples of eight bytes`);
  if (!Number.isInteger(revision) || revision < 0 || revision > 255)
    fail(`${part.name}: revision ${revision} is no byte`);
  const bytes = new Uint8Array(HEADER + data.length / 2);
  if (bytes.length > 0xffff) fail(`${part.name}: more than 64 KiB of opaque data`);
  putHeader(bytes, 0, bytes.length, part.name, revision);
  for (let i = 0; i < data.length; i += 2) bytes[HEADER + i / 2] = Number.parseInt(data.slice(i, i + 2), 16);
  if (Object.isFrozen(part) && Object.isFrozen(part.opaque)) encoded.set(part, bytes);
  return bytes;
}
