import { host32 } from "./attributes.js";
import { align4, HEADER } from "./wire.js";

/** A stream of messages, cut anywhere, in pieces that are whole messages each. */
export async function* wholeMessages(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : joined(rest, piece);
    let end = 0;
    while (end + HEADER <= bytes.length) {
      const next = end + align4(Math.max(host32(bytes, end), HEADER));
      if (next > bytes.length) break;
      end = next;
    }
    rest = bytes.subarray(end);
    if (end > 0) yield bytes.subarray(0, end);
  }
}
function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
