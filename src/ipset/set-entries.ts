import { textAt } from "../codec/struct.js";
import { Slices } from "../model/slices.js";
import { Attributes } from "../netlink/attributes.js";
import type { EntryCodec } from "./entry.js";
import type { Stretch } from "./listing.js";
import { LONGEST_LINE, putPlainLine } from "./plain-lines.js";
import type { SetEntries, SetType } from "./set-types.js";

/** The entries of a set as they were when it was listed, in the kernel's order. Each is decoded when it is reached. */
export interface EntryList<T extends SetType = SetType> extends Iterable<SetEntries[T]> {
  readonly length: number;
  /** As ipset's save prints them behind the set's name. */
  texts(): Iterable<string>;
  /** All of `texts`, each behind `before` and with a line's end, in chunks; the event loop is not held. */
  lines(before: string): AsyncIterable<string>;
}

const CHUNK = 1 << 16;
/** Whose elements can be a bare address. */
const PLAIN: ReadonlySet<SetType> = new Set<SetType>(["hash:ip", "hash:net", "bitmap:ip"]);

export async function entryList<T extends SetType>(
  stretches: readonly Stretch[],
  codec: EntryCodec<T>,
): Promise<EntryList<T>> {
  const slices = new Slices("ipset list");
  const plain = PLAIN.has(codec.type);
  let length = 0;
  for (const { bytes, from, to } of stretches) {
    for (const a = new Attributes(bytes, from, to); a.next(); ) length++;
    if (slices.due()) await slices.pause();
  }
  function* each<V>(decode: (bytes: Uint8Array, from: number, to: number) => V): Generator<V> {
    for (const { bytes, from, to } of stretches)
      for (const a = new Attributes(bytes, from, to); a.next(); ) yield decode(bytes, a.at, a.end);
  }
  return {
    length,
    [Symbol.iterator]: () => each(codec.value),
    texts: () => each(codec.text),
    async *lines(before) {
      const pace = new Slices("ipset save"),
        head = new TextEncoder().encode(before),
        room = new Uint8Array(CHUNK),
        full = CHUNK - head.length - LONGEST_LINE;
      let text = "",
        used = 0;
      for (const { bytes, from, to } of stretches)
        for (const a = new Attributes(bytes, from, to); a.next(); ) {
          for (let i = 0; i < head.length; i++) room[used + i] = head[i]!;
          const end = plain ? putPlainLine(bytes, a.at, a.end, room, used + head.length) : -1;
          if (end < 0) {
            text += `${textAt(room, 0, used)}${before}${codec.text(bytes, a.at, a.end)}\n`;
            used = 0;
          } else used = end;
          if (used > full || text.length > CHUNK) {
            yield text + textAt(room, 0, used);
            text = "";
            used = 0;
          }
          if (pace.due()) await pace.pause();
        }
      if (text !== "" || used > 0) yield text + textAt(room, 0, used);
    },
  };
}
