import { LITTLE, putText } from "../../codec/struct.js";
import { ENTRY_SIZE, encodeEntry, encodePart, encodeTarget } from "../../extensions/entry.js";
import type { Context } from "../../extensions/extension.js";
import type { Counters } from "../../model/counters.js";
import type { Rule } from "../../model/rule.js";

/** The layout is native/README.md's. */
const VERSION = 1,
  COMPARE = 1;
const OP = {
  header: 0,
  part: 1,
  chain: 2,
  reset: 3,
  create: 4,
  delete: 5,
  rename: 6,
  flush: 7,
  policy: 8,
  append: 9,
  insert: 10,
  replace: 11,
  remove: 12,
  counters: 13,
  zero: 14,
  zeroRule: 15,
} as const;
const RECORD = 8,
  NAME = 32,
  CHUNK = 1 << 18;
const align = (n: number): number => (n + 7) & ~7;

/** Writes a patch record by record into chunks that `push` takes over, at most one at a time in memory. */
export class PatchWriter {
  #bytes = new Uint8Array(CHUNK);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #chain: string | undefined;
  /** Parts are told apart by their bytes' identity: a cached part is the same object every time. */
  readonly #parts = new Map<Uint8Array, number>();
  readonly #context: Context;
  readonly #entrySize: number;
  readonly #push: (chunk: Uint8Array) => void;
  /** Of the rule being written; it only grows. */
  readonly #partIds: number[] = [];
  #nextPart = 0;
  /** How many operations were written, counted as the native half counts them in its failures. */
  operations = 0;

  constructor(context: Context, push: (chunk: Uint8Array) => void) {
    this.#context = context;
    this.#entrySize = ENTRY_SIZE[context.family];
    this.#push = push;
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
  /** At the end of the chain, or before `position`. */
  rule(chain: string, rule: Rule, position?: number): void {
    const ids = this.#partIds,
      context = this.#context;
    let size = this.#entrySize,
      count = 0;
    if (rule.matches)
      for (let i = 0; i < rule.matches.length; i++) {
        const bytes = encodePart(rule.matches[i]!, "match", context);
        size += bytes.length;
        ids[count++] = this.#part(bytes);
      }
    const targetOffset = size,
      target = encodeTarget(rule, context);
    ids[count++] = this.#part(target);
    size += target.length;
    this.#select(chain);
    const at = this.#record(
      position === undefined ? OP.append : OP.insert,
      8 + this.#entrySize + align(count * 4),
    );
    const view = this.#view;
    if (position === undefined) view.setUint32(at, count, LITTLE);
    else {
      view.setUint32(at, position, LITTLE);
      view.setUint32(at + 4, count, LITTLE);
    }
    encodeEntry(this.#bytes, at + 8, rule, targetOffset, size, context);
    for (let i = 0, to = at + 8 + this.#entrySize; i < count; i++, to += 4)
      view.setUint32(to, ids[i]!, LITTLE);
    this.operations++;
  }
  /** Hands over what is left. */
  end(): void {
    if (this.#length > 0) this.#push(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  #part(bytes: Uint8Array): number {
    // Bytes that share a buffer are made for this one rule: nobody will come with them again.
    const once = bytes.buffer.byteLength !== bytes.length,
      known = once ? undefined : this.#parts.get(bytes);
    if (known !== undefined) return known;
    const id = this.#nextPart++;
    if (!once) this.#parts.set(bytes, id);
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
    const size = RECORD + payload;
    if (this.#length + size > this.#bytes.length) {
      this.end();
      if (size > this.#bytes.length) {
        this.#bytes = new Uint8Array(align(size));
        this.#view = new DataView(this.#bytes.buffer);
      }
    }
    const at = this.#length;
    this.#view.setUint32(at, op, LITTLE);
    this.#view.setUint32(at + 4, size, LITTLE);
    this.#bytes.fill(0, at + RECORD, at + size);
    this.#length = at + size;
    return at + RECORD;
  }
}
