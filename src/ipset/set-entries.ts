import { Slices } from "../model/slices.js";
import { Attributes } from "../netlink/attributes.js";
import type { EntryCodec } from "./entry.js";
import type { Stretch } from "./listing.js";
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

export async function entryList<T extends SetType>(
  stretches: readonly Stretch[],
  codec: EntryCodec<T>,
): Promise<EntryList<T>> {
  const slices = new Slices("ipset list");
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
      const pace = new Slices("ipset save");
      let chunk = "";
      for (const { bytes, from, to } of stretches)
        for (const a = new Attributes(bytes, from, to); a.next(); ) {
          chunk += `${before}${codec.text(bytes, a.at, a.end)}\n`;
          if (chunk.length >= CHUNK) {
            yield chunk;
            chunk = "";
          }
          if (pace.due()) await pace.pause();
        }
      if (chunk !== "") yield chunk;
    },
  };
}
