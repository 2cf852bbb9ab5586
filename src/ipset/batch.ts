import { isRampartError, RampartError } from "../errors.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import type { EntryCodec } from "./entry.js";
import { ATTR, begin, CADT } from "./protocol.js";
import type { LooseEntry } from "./set-types.js";

export type ChangeCommand = "add" | "del";
/** Which set is changed, and how. */
export interface Change {
  readonly command: ChangeCommand;
  readonly name: string;
  readonly codec: EntryCodec;
  /** Whether what is there already, or is not, is taken too. */
  readonly exist: boolean;
}

/** Messages on their way, some in one request. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Whose memory that is. */
  readonly writer: MessageWriter;
  /** Where each message begins, and the number of its first entry; the sequence number of the first message is 1. */
  readonly starts: readonly { readonly at: number; readonly first: number }[];
  /** The number of the first entry behind it. */
  readonly end: number;
}

/** `nla_len` has 16 bits; the longest entry, with a comment, takes less than 512 bytes. */
const FULL_MESSAGE = 0xffff - 512,
  /** So much goes to the kernel at once, and the next is written while it works on that. */
  FULL_REQUEST = 1 << 20;

/** Writes entries into messages, and messages into batches. */
export class BatchWriter {
  /** Of all entries so far. */
  count = 0;
  #starts: { at: number; first: number }[] = [];
  #writer = new MessageWriter(FULL_REQUEST);
  #free: MessageWriter | undefined;
  #adt = 0;
  #open = false;
  readonly #change: Change;
  constructor(change: Change) {
    this.#change = change;
  }
  get pending(): boolean {
    return this.#starts.length > 0;
  }
  /** Returns whether it is time to send. Throws `set` for an entry that cannot be. */
  add(entry: LooseEntry | string): boolean {
    const writer = this.#writer;
    if (!this.#open) this.#begin();
    const data = writer.open(ATTR.data);
    try {
      this.#change.codec.write(entry, writer);
    } catch (error) {
      throw this.#refused(entry, error);
    }
    // Sent again, an entry that must be new is refused for its own sake: it has to bear its number from the start.
    if (!this.#change.exist) writer.host32(CADT.line, this.count);
    writer.close(data);
    this.count++;
    if (writer.length - this.#adt < FULL_MESSAGE) return false;
    this.#close();
    return writer.length >= FULL_REQUEST - FULL_MESSAGE;
  }
  /** What is to be sent now. */
  take(): Batch {
    if (this.#open) this.#close();
    const starts = this.#starts,
      writer = this.#writer;
    this.#starts = [];
    this.#writer = this.#free ?? new MessageWriter(FULL_REQUEST);
    this.#free = undefined;
    return { bytes: writer.written(), writer, starts, end: this.count };
  }
  /** Takes the memory of a batch that is done with: fresh memory for each costs as much as what is written to it. */
  reuse({ writer }: Batch): void {
    writer.clear();
    this.#free = writer;
  }
  #begin(): void {
    this.#starts.push({ at: this.#writer.length, first: this.count });
    this.#adt = beginChange(this.#writer, this.#change, this.#starts.length);
    this.#open = true;
  }
  #close(): void {
    endChange(this.#writer, this.#adt);
    this.#open = false;
  }
  #refused(entry: LooseEntry | string, error: unknown): unknown {
    if (!isRampartError(error, "invalid-value")) return error;
    const { command, name } = this.#change,
      shown = typeof entry === "string" ? entry : JSON.stringify(entry);
    const problem = `ipset ${command} ${name}: entry ${this.count + 1}, ${shown}: ${error.context.problem}`;
    return new RampartError("invalid-value", { problem }, { cause: error });
  }
}

/** Begins a message of many entries; what it returns goes to `endChange`. */
export function beginChange(
  writer: MessageWriter,
  { command, name, exist }: Pick<Change, "command" | "name" | "exist">,
  sequence: number,
): number {
  begin(writer, command, { sequence, flags: NLM_F.ack | (exist ? 0 : NLM_F.exclusive) });
  writer.text(ATTR.setName, name);
  // The kernel wants it, and writes the number of an entry it refuses here.
  writer.host32(ATTR.line, 0);
  return writer.open(ATTR.adt);
}
export function endChange(writer: MessageWriter, adt: number): void {
  writer.close(adt);
  writer.end();
}
