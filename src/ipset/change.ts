import { Slices } from "../model/slices.js";
import type { Transport } from "../native.js";
import { Attributes, host16, host32 } from "../netlink/attributes.js";
import { type Outcome, replies } from "../netlink/replies.js";
import { HEADER, NFGENMSG } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { type Batch, BatchWriter, beginChange, type Change, endChange } from "./batch.js";
import { setError } from "./failure.js";
import { ATTR, CADT } from "./protocol.js";
import { Sender } from "./send.js";
import type { LooseEntry } from "./set-types.js";

export interface ChangeOptions {
  /**
   * Take what is there already when adding, which then gets the new options, and what is not there when deleting.
   * Default true.
   */
  readonly exist?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of entries that the kernel has taken so far. */
  readonly onProgress?: (done: number) => void;
}
export type Given = Iterable<LooseEntry | string> | AsyncIterable<LooseEntry | string>;

/**
 * Adds or deletes entries. Returns how many were given. Not atomic: where one is refused, those before it were taken and
 * some behind it may have been; the error names the entry.
 */
export async function sendEntries(
  transport: Transport,
  change: Change,
  entries: Given,
  { signal, onProgress }: ChangeOptions = {},
): Promise<number> {
  const slices = new Slices(`ipset ${change.command} ${change.name}`, signal),
    writing = new BatchWriter(change);
  const sender = new Sender(transport, change, (batch) => {
    writing.reuse(batch);
    onProgress?.(batch.end);
  });
  try {
    // A plain loop over what is at hand: a promise for each of a million entries would cost more than the entries.
    if (Symbol.asyncIterator in entries)
      for await (const entry of entries) {
        if (writing.add(entry)) await sender.send(writing.take());
        if (slices.due()) await slices.pause();
      }
    else
      for (const entry of entries) {
        if (writing.add(entry)) await sender.send(writing.take());
        if (slices.due()) await slices.pause();
      }
    if (writing.pending) await sender.send(writing.take());
    await sender.end();
  } catch (error) {
    await sender.fail(error);
  }
  return writing.count;
}

/** Throws `set`, with the entry that the kernel refuses. */
export async function sendBatch(transport: Transport, change: Change, batch: Batch): Promise<void> {
  const refused = await firstRefusal(transport, batch.bytes);
  if (!refused) return;
  const start = batch.starts[refused.sequence - 1],
    { command, name, codec } = change,
    place = { command, set: name, type: codec.type };
  if (!start) throw setError(refused.errno, place);
  const places = entriesOf(batch.bytes, start.at);
  if (!change.exist) {
    const index = lineOf(refused) ?? start.first,
      at = places[index - start.first];
    throw setError(refused.errno, { ...place, index, entry: at && codec.element(batch.bytes, ...at) });
  }
  // Which entry it was the kernel tells only where entries bear numbers; sending them again harms nothing.
  const again = await firstRefusal(transport, numbered(batch.bytes, places, change));
  if (!again) return;
  const line = lineOf(again) ?? 0,
    at = places[line];
  throw setError(again.errno, {
    ...place,
    index: start.first + line,
    entry: at && codec.element(batch.bytes, ...at),
  });
}
async function firstRefusal(transport: Transport, request: Uint8Array): Promise<Outcome | undefined> {
  for (const reply of replies(await transport(request)))
    if (reply.kind === "outcome" && reply.errno !== 0) return reply;
  return undefined;
}

type Range = readonly [from: number, to: number];
/** Where the attributes of each entry are, in the message at `start`. */
function entriesOf(bytes: Uint8Array, start: number): readonly Range[] {
  const found: Range[] = [];
  for (const a = new Attributes(bytes, start + HEADER + NFGENMSG, start + host32(bytes, start)); a.next(); )
    if (a.type === ATTR.adt) for (const entry = a.nest(); entry.next(); ) found.push([entry.at, entry.end]);
  return found;
}
/** The number that the kernel wrote into the message which it gives back. */
function lineOf({ bytes, at, end }: Outcome): number | undefined {
  for (const a = new Attributes(bytes, at + HEADER + NFGENMSG, end); a.next(); )
    if (a.type === ATTR.line) return a.host32();
  return undefined;
}

/** The entries once more, each with its number among them; they take more room, so there are more messages. */
function numbered(bytes: Uint8Array, places: readonly Range[], change: Change): Uint8Array {
  const writer = new MessageWriter(bytes.length),
    half = Math.ceil(places.length / 2);
  let sequence = 0;
  for (let first = 0; first < places.length; first += half) {
    const adt = beginChange(writer, change, ++sequence);
    places.slice(first, first + half).forEach(([from, to], i) => {
      const data = writer.open(ATTR.data);
      for (const a = new Attributes(bytes, from, to); a.next(); )
        writer.slice(rawType(bytes, a.at), bytes, a.at, a.end);
      writer.host32(CADT.line, first + i);
      writer.close(data);
    });
    endChange(writer, adt);
  }
  return writer.take();
}
/** With its two upper bits. */
const rawType = (bytes: Uint8Array, at: number): number => host16(bytes, at - 2);
