import { fail, isRampartError, RampartError } from "../errors.js";
import type { Slices } from "../model/slices.js";
import { type Download, fetchList, type ListCache } from "./fetch-list.js";
import { gunzipped } from "./gunzip.js";
import { type Collected, type FormatOptions, ListParser } from "./list-parser.js";

/** Bytes, or texts that are one line each. */
export type ListStream =
  | Iterable<string>
  | AsyncIterable<string>
  | AsyncIterable<Uint8Array>
  | AsyncIterable<string | Uint8Array>;
interface Common extends FormatOptions {
  /** What to call it in reports. Default: its URL or path, or `source N`. */
  readonly name?: string;
  /** The most bytes it may have, unpacked. Default 256 MiB. */
  readonly maxBytes?: number;
}
/** Where addresses come from: one of `text`, `file`, `url` and `entries`, and how to read it. gzip is unpacked. */
export type ListSource = Common &
  (
    | { readonly text: string }
    | { readonly file: string }
    | {
        readonly url: string | URL;
        /** Milliseconds for all of it. Default 60,000. */
        readonly timeout?: number;
        /** Take it without TLS from another host: whoever sits between decides whom you drop. Default false. */
        readonly insecure?: boolean;
      }
    | { readonly entries: ListStream }
  );
/** A text that begins with `https://` or `http://` is an URL, any other is a list itself. */
export type AnySource = string | URL | ListStream | ListSource;

/** What became of a source. */
export interface SourceReport {
  readonly source: string;
  /** Addresses, networks and ranges taken. */
  readonly taken: number;
  /** Of a family that was not asked for. */
  readonly passedOver: number;
  readonly refused: number;
  /** The server says that it is as it was. */
  readonly unchanged?: true;
  /** Why the copy of the last time was used instead. */
  readonly stale?: string;
}

/** What a source needs of the world. */
export interface SourceAccess {
  /** Opens a file. Without it there are no files, as in a browser. */
  readonly openFile?: (path: string) => AsyncIterable<Uint8Array>;
  /** Default: the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** Keeps what was fetched, so that a server need not send again what has not changed. */
  readonly cache?: ListCache;
  readonly signal?: AbortSignal | undefined;
}

const MOST = 1 << 28,
  /** What is parsed at a time: a few tenths of a millisecond. */
  PIECE = 1 << 15,
  URL_TEXT = /^https?:\/\//i;
const isStream = (source: object): source is ListStream =>
  Symbol.iterator in source || Symbol.asyncIterator in source;

export function asSource(given: AnySource): ListSource {
  if (typeof given === "string") return URL_TEXT.test(given) ? { url: given } : { text: given };
  if (given instanceof URL)
    return given.protocol === "file:" ? { file: decodeURIComponent(given.pathname) } : { url: given };
  return isStream(given) ? { entries: given } : given;
}
const nameOf = (source: ListSource, index: number): string => {
  if (source.name !== undefined) return source.name;
  if ("file" in source) return source.file;
  return "url" in source ? String(source.url) : `source ${index + 1}`;
};

/** Reads a source to its end. Throws `source` where it cannot be had, is cut short or holds no address at all. */
export async function readSource(
  given: AnySource,
  index: number,
  into: Collected,
  access: SourceAccess,
  slices: Slices,
  onPiece: () => void,
): Promise<SourceReport> {
  const source = asSource(given),
    name = nameOf(source, index),
    before = { taken: into.taken, refused: into.refusedCount, passedOver: into.passedOver };
  const parser = new ListParser(name, into, source);
  const limited = limit(source.maxBytes ?? MOST);
  let download: Download | undefined;
  try {
    if ("url" in source) download = await fetchList(source, access, source.maxBytes ?? MOST);
    const stream = download?.body ?? streamOf(source, access);
    for await (const piece of piecesOf(stream)) {
      limited(piece.length);
      parser.push(piece);
      onPiece();
      if (slices.over()) await slices.pause();
    }
    parser.end();
  } catch (error) {
    if (isRampartError(error, "aborted") || access.signal?.aborted) throw error;
    // What the caller's own iterable throws is the caller's.
    if ("entries" in source && !isRampartError(error)) throw error;
    throw new RampartError("source", { source: name, problem: problemOf(error) }, { cause: error });
  }
  const report: SourceReport = {
    source: name,
    taken: into.taken - before.taken,
    passedOver: into.passedOver - before.passedOver,
    refused: into.refusedCount - before.refused,
    ...(download?.unchanged && { unchanged: true }),
    ...(download?.stale !== undefined && { stale: download.stale }),
  };
  if (report.taken + report.passedOver === 0 && report.refused > 0) {
    const [first] = into.refused.slice(-report.refused);
    const example = first ? `; line ${first.line}, "${first.text}": ${first.reason}` : "";
    throw new RampartError("source", { source: name, problem: `it holds no address at all${example}` });
  }
  return report;
}
const problemOf = (error: unknown): string =>
  isRampartError(error, "invalid-value") || isRampartError(error, "file")
    ? error.context.problem
    : error instanceof Error
      ? error.message
      : String(error);

function limit(most: number): (bytes: number) => void {
  let left = most;
  return (bytes) => {
    left -= bytes;
    if (left < 0) fail(`it has more than ${most} bytes`);
  };
}
function streamOf(source: ListSource, { openFile }: SourceAccess): ListStream | AsyncIterable<Uint8Array> {
  if ("file" in source) return openFile ? openFile(source.file) : fail("files cannot be read here");
  if ("text" in source) return slicesOf(source.text);
  if ("entries" in source) return source.entries;
  return fail("a source has one of text, file, url and entries");
}
/** Lines of a text, many at a time. */
function* slicesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const near = text.indexOf("\n", from + PIECE),
      to = near < 0 ? text.length : near;
    yield text.slice(from, to);
    from = to + 1;
  }
}

/** Small pieces, unpacked where they are gzip. */
async function* piecesOf(stream: ListStream | readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of gunzipped(bytesOf(stream)))
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
}
const encoder = new TextEncoder(),
  NEWLINE = 10;
/** Texts get an end of line each, and go many at a time. */
async function* bytesOf(stream: ListStream | readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(PIECE);
  let used = 0;
  const put = (item: string | Uint8Array): Uint8Array | undefined => {
    if (typeof item !== "string") return item;
    let full: Uint8Array | undefined;
    const most = item.length * 3 + 1;
    if (most > room.length - used) {
      full = room.slice(0, used);
      used = 0;
    }
    if (most > room.length) {
      const own = encoder.encode(`${item}\n`);
      if (!full || full.length === 0) return own;
      const joined = new Uint8Array(full.length + own.length);
      joined.set(full);
      joined.set(own, full.length);
      return joined;
    }
    used += encoder.encodeInto(item, room.subarray(used)).written;
    room[used++] = NEWLINE;
    return full;
  };
  // A plain loop over what is at hand: a promise for each of a million entries would cost more than the entries.
  if (Symbol.asyncIterator in stream)
    for await (const item of stream) {
      const full = put(item);
      if (full) yield full;
    }
  else
    for (const item of stream) {
      const full = put(item);
      if (full) yield full;
    }
  if (used > 0) yield room.slice(0, used);
}
