import { LITTLE, putText } from "../../codec/struct.js";
import { ENTRY_SIZE, encodeEntry, encodePart, encodeTarget } from "../../extensions/entry.js";
import type { Context } from "../../extensions/extension.js";
import { type Changing, type RuleSeries, rangesOf } from "../../extensions/series.js";
import { wholeEntry } from "../../extensions/whole-entry.js";
import type { Counters } from "../../model/counters.js";
import type { Rule } from "../../model/rule.js";
import { SeriesOfRules } from "../rule-series.js";

/** The layout is native/README.md's. */
const VERSION = 2,
  COMPARE = 1;
const OP = {
  header: 0,
  part: 1,
  series: 2,
  chain: 3,
  reset: 4,
  create: 5,
  delete: 6,
  rename: 7,
  flush: 8,
  policy: 9,
  append: 10,
  again: 11,
  insert: 12,
  replace: 13,
  remove: 14,
  counters: 15,
  zero: 16,
  zeroRule: 17,
} as const;
const RECORD = 8,
  NAME = 32,
  RULE = 8,
  RANGE = 8,
  CHUNK = 1 << 18;
const align = (n: number): number => (n + 7) & ~7;

/** A rule's matches and target as bytes, in order; they last until the next rule is taken apart. */
interface Pieces {
  readonly bytes: Uint8Array[];
  count: number;
  /** Of the whole entry. */
  targetOffset: number;
  size: number;
}

/** Writes a patch record by record into chunks that `push` takes over, at most one at a time in memory. */
export class PatchWriter {
  #bytes = new Uint8Array(CHUNK);
  #view = new DataView(this.#bytes.buffer);
  #words = new Int32Array(this.#bytes.buffer);
  #length = 0;
  #chain: string | undefined;
  /** Parts are told apart by their bytes' identity: a cached part is the same object every time. */
  readonly #parts = new Map<Uint8Array, number>();
  readonly #context: Context;
  readonly #entrySize: number;
  readonly #push: (chunk: Uint8Array) => void;
  /** Of the rule being written; they only grow. */
  readonly #pieces: Pieces = { bytes: [], count: 0, targetOffset: 0, size: 0 };
  readonly #partIds: number[] = [];
  #nextPart = 0;
  #nextSeries = 0;
  readonly #alike: SeriesOfRules;
  /** How many operations were written, counted as the native half counts them in its failures. */
  operations = 0;

  constructor(context: Context, push: (chunk: Uint8Array) => void) {
    this.#context = context;
    this.#entrySize = ENTRY_SIZE[context.family];
    this.#push = push;
    this.#alike = new SeriesOfRules(context, (...like) => this.series(...like));
  }

  header(digest: Uint8Array | undefined): void {
    const at = this.#record(OP.header, 24);
    this.#view.setUint32(at, VERSION, LITTLE);
    this.#view.setUint32(at + 4, digest ? COMPARE : 0, LITTLE);
    if (digest) this.#bytes.set(digest, at + 8);
  }
  reset(): void {
    this.#record(OP.reset, 0);
    this.operations++;
  }
  create(chain: string): void {
    this.#onChain(chain, OP.create);
  }
  delete(chain: string): void {
    this.#onChain(chain, OP.delete);
  }
  flush(chain: string): void {
    this.#onChain(chain, OP.flush);
  }
  rename(chain: string, to: string): void {
    this.#select(chain);
    putText(this.#bytes, this.#record(OP.rename, NAME), NAME - 1, to);
    this.#chain = to;
    this.operations++;
  }
  policy(chain: string, accept: boolean, counters: Counters | undefined): void {
    this.#select(chain);
    const at = this.#record(OP.policy, 24);
    this.#view.setInt32(at, accept ? -2 : -1, LITTLE);
    this.#view.setUint32(at + 4, counters ? 1 : 0, LITTLE);
    if (counters) this.#counters(at + 8, counters);
    this.operations++;
  }
  remove(chain: string, position: number, count: number): void {
    this.#select(chain);
    const at = this.#record(OP.remove, 8);
    this.#view.setUint32(at, position, LITTLE);
    this.#view.setUint32(at + 4, count, LITTLE);
    this.operations++;
  }
  /** Without counters: to zero. */
  recount(chain: string, position: number, counters: Counters | undefined): void {
    this.#select(chain);
    const at = counters ? this.#record(OP.counters, 24) : this.#record(OP.zeroRule, 8);
    this.#view.setUint32(at, position, LITTLE);
    if (counters) this.#counters(at + 8, counters);
    this.operations++;
  }
  /** Appends the rule if it is like one before it, which leads to the same chain; whether it is. Throws "invalid-value". */
  alike(chain: string, rule: Rule): boolean {
    return this.#alike.append(chain, rule);
  }
  /** At the end of the chain, or before `position`. */
  rule(chain: string, rule: Rule, position?: number): void {
    const { count, targetOffset, size } = this.#takeApart(rule);
    this.#select(chain);
    const op = position === undefined ? OP.append : OP.insert,
      at = this.#begin(op, RULE + this.#entrySize + align(count * 4)),
      view = this.#view;
    view.setUint32(at, position ?? count, LITTLE);
    view.setUint32(at + 4, position === undefined ? 0 : count, LITTLE);
    const ids = encodeEntry(this.#bytes, at + RULE, rule, targetOffset, size, this.#context);
    if (count & 1) view.setUint32(ids + count * 4, 0, LITTLE);
    this.#ids(ids, count);
    this.operations++;
  }
  /** Appends the rule at the end of the chain, and begins a series of rules like it. */
  series(chain: string, rule: Rule, changing: Changing): RuleSeries {
    const { count } = this.#takeApart(rule),
      { bytes, parts } = wholeEntry(rule, this.#context);
    const ranges = rangesOf(bytes, parts, changing, this.#context.family),
      ids = RULE + this.#entrySize,
      first = ids + align(count * 4),
      at = this.#record(OP.series, first + ranges.length * RANGE);
    this.#view.setUint32(at, count, LITTLE);
    this.#view.setUint32(at + 4, ranges.length, LITTLE);
    this.#bytes.set(bytes.subarray(0, this.#entrySize), at + RULE);
    this.#ids(at + ids, count);
    ranges.forEach((range, i) => {
      this.#view.setUint32(at + first + i * RANGE, range.byteOffset, LITTLE);
      this.#view.setUint32(at + first + i * RANGE + 4, range.length, LITTLE);
    });
    const id = this.#nextSeries++,
      words = ranges.map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length >> 2)),
      append = (): void => this.#again(chain, id, words);
    append();
    return { bytes, parts, append };
  }
  /** Hands over what is left. */
  end(): void {
    if (this.#length > 0) this.#push(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Leaves the numbers of the parts in `#partIds`. */
  #takeApart(rule: Rule): Pieces {
    const pieces = this.#pieces,
      { bytes } = pieces,
      { matches } = rule,
      many = matches?.length ?? 0;
    let size = this.#entrySize;
    for (let i = 0; i < many; i++)
      size += (bytes[i] = encodePart(matches![i]!, "match", this.#context)).length;
    pieces.targetOffset = size;
    pieces.size = size + (bytes[many] = encodeTarget(rule, this.#context)).length;
    pieces.count = many + 1;
    for (let i = 0; i <= many; i++) this.#partIds[i] = this.#part(bytes[i]!);
    return pieces;
  }
  #ids(at: number, count: number): void {
    for (let i = 0; i < count; i++) this.#view.setUint32(at + i * 4, this.#partIds[i]!, LITTLE);
  }
  #again(chain: string, series: number, ranges: readonly Int32Array[]): void {
    let size = 8;
    for (let i = 0; i < ranges.length; i++) size += ranges[i]!.byteLength;
    this.#select(chain);
    let at = this.#begin(OP.again, align(size));
    this.#view.setUint32(at, series, LITTLE);
    this.#view.setUint32(at + 4, 0, LITTLE);
    // Some tens of bytes, so often that a call to set() would cost more than they do.
    const words = this.#words;
    at = (at + 8) >> 2;
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i]!;
      for (let j = 0; j < range.length; j++) words[at++] = range[j]!;
    }
    this.operations++;
  }

  #part(bytes: Uint8Array): number {
    const known = this.#parts.get(bytes);
    if (known !== undefined) return known;
    const id = this.#nextPart++;
    // Bytes that share a buffer are made for this one rule: nobody will come with them again.
    if (bytes.buffer.byteLength === bytes.length) this.#parts.set(bytes, id);
    this.#bytes.set(bytes, this.#record(OP.part, align(bytes.length)));
    return id;
  }
  #select(chain: string): void {
    if (chain === this.#chain) return;
    putText(this.#bytes, this.#record(OP.chain, NAME), NAME - 1, chain);
    this.#chain = chain;
  }
  #onChain(chain: string, op: number): void {
    this.#select(chain);
    this.#record(op, 0);
    this.operations++;
  }
  #counters(at: number, { packets, bytes }: Counters): void {
    this.#view.setBigUint64(at, BigInt(packets), LITTLE);
    this.#view.setBigUint64(at + 8, BigInt(bytes), LITTLE);
  }
  /** Begins a record, its payload zeroed; returns where the payload goes. */
  #record(op: number, payload: number): number {
    const at = this.#begin(op, payload);
    this.#bytes.fill(0, at, at + payload);
    return at;
  }
  /** Begins a record of which every byte will be written. */
  #begin(op: number, payload: number): number {
    const size = RECORD + payload;
    if (this.#length + size > this.#bytes.length) {
      this.end();
      if (size > this.#bytes.length) {
        this.#bytes = new Uint8Array(align(size));
        this.#view = new DataView(this.#bytes.buffer);
        this.#words = new Int32Array(this.#bytes.buffer);
      }
    }
    const at = this.#length;
    this.#view.setUint32(at, op, LITTLE);
    this.#view.setUint32(at + 4, size, LITTLE);
    this.#length = at + size;
    return at + RECORD;
  }
}
