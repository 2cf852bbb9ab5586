import { LITTLE, putText } from "../codec/struct.js";
import { ATTRIBUTE, align4, HEADER, NESTED, NFGENMSG, NLM_F } from "./wire.js";

export interface MessageHead {
  /** nfnetlink: `subsystem << 8 | command`. */
  readonly type: number;
  /** `NLM_F.request` is always set. */
  readonly flags: number;
  readonly sequence: number;
}
/** `struct nfgenmsg`. */
export interface NetfilterHead extends MessageHead {
  /** One of `NFPROTO`. */
  readonly family: number;
  /** `res_id`, in host order here: the subsystem of a batch. */
  readonly resource?: number;
}
const SMALLEST = 4096,
  /** So much is one piece of a long run of messages. */
  PIECE = 1 << 20,
  /** `nla_len` is 16 bits wide. */
  LONGEST_ATTRIBUTE = 0xffff;

/** Bytes `from` to `to` of a source, and where in a message they stand. */
export interface Copied {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/**
 * Writes netlink messages one behind the other into one buffer that grows. Attributes go to the message that was begun
 * last; numbers are in network byte order, as netfilter's subsystems have them.
 *
 * @example
 * writer.begin({ type: 0x0a00, flags: NLM_F.ack, sequence: 1, family: NFPROTO.ipv4 });
 * writer.text(1, "filter");
 * writer.end();
 */
export class MessageWriter {
  #bytes: Uint8Array;
  #at = 0;
  #message = 0;
  readonly #full: ((messages: Uint8Array) => void) | undefined;
  #source: Uint8Array | undefined;
  #copied: Copied[] = [];
  /** With `full`, whole messages are handed over piece by piece, so that the buffer stays small; `take` has the last ones. */
  constructor(size = SMALLEST, full?: (messages: Uint8Array) => void) {
    this.#bytes = new Uint8Array(size);
    this.#full = full;
  }
  /** In bytes, of everything written. */
  get length(): number {
    return this.#at;
  }
  /** What was written; the writer begins anew in other memory. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#at);
    this.#bytes = new Uint8Array(SMALLEST);
    this.#at = 0;
    return taken;
  }
  /** A whole message once more, with a number of its own. */
  again(message: Uint8Array, sequence: number): void {
    this.#handOver();
    this.#room(message.length);
    this.#bytes.set(message, this.#at);
    this.#host32(this.#at + 8, sequence);
    this.#at += message.length;
  }
  /** Notes where in the next message bytes of `source` go that `slice` takes from it. */
  follow(source: Uint8Array): readonly Copied[] {
    this.#source = source;
    this.#copied = [];
    return this.#copied;
  }
  /** What was written so far, until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }
  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.#at = 0;
  }

  /** Begins a message of nfnetlink. */
  begin({ family, resource = 0, ...head }: NetfilterHead): void {
    this.beginBare(head, NFGENMSG);
    const bytes = this.#bytes,
      at = this.#at - NFGENMSG;
    bytes[at] = family;
    bytes[at + 1] = 0;
    bytes[at + 2] = resource >> 8;
    bytes[at + 3] = resource;
  }
  /** Begins a message of another protocol, with `room` zero bytes behind its header. */
  beginBare({ type, flags, sequence }: MessageHead, room: number): void {
    this.#handOver();
    this.#room(HEADER + align4(room));
    this.#message = this.#at;
    this.#host16(this.#at + 4, type);
    this.#host16(this.#at + 6, flags | NLM_F.request);
    this.#host32(this.#at + 8, sequence);
    this.#host32(this.#at + 12, 0);
    const at = this.#at + HEADER;
    this.#at = at + align4(room);
    this.#bytes.fill(0, at, this.#at);
  }
  /** Begins a message of another protocol, with `payload` behind its header: the struct that the protocol begins with. */
  beginWith(head: MessageHead, payload: Uint8Array): void {
    this.beginBare(head, payload.length);
    this.#bytes.set(payload, this.#at - align4(payload.length));
  }
  /** Ends the message; without it its length is not known. */
  end(): void {
    this.#host32(this.#message, this.#at - this.#message);
  }

  u8(type: number, value: number): void {
    const at = this.#attribute(type, 1);
    this.#bytes[at] = value;
  }
  be16(type: number, value: number): void {
    const at = this.#attribute(type, 2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
  }
  be32(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#put32(at, value);
  }
  /** A whole number of at most 2^53, or a bigint beyond. */
  be64(type: number, value: number | bigint): void {
    const at = this.#attribute(type, 8),
      big = typeof value === "bigint";
    this.#put32(at, big ? Number(value >> 32n) : Math.floor(value / 0x1_0000_0000));
    this.#put32(at + 4, big ? Number(value & 0xffff_ffffn) : value % 0x1_0000_0000);
  }
  /** In the machine's own order, as rtnetlink and sock_diag have it. */
  host32(type: number, value: number): void {
    this.#host32(this.#attribute(type, 4), value);
  }
  flag(type: number): void {
    this.#attribute(type, 0);
  }
  data(type: number, value: Uint8Array): void {
    const at = this.#attribute(type, value.length);
    this.#bytes.set(value, at);
  }
  /** Bytes `from` to `to` (exclusive) of `source`, without a view of them. */
  slice(type: number, source: Uint8Array, from: number, to: number): void {
    let at = this.#attribute(type, to - from);
    if (source === this.#source) this.#copied.push({ from, to, at: at - this.#message });
    for (let i = from; i < to; i++) this.#bytes[at++] = source[i]!;
  }
  /** Attributes that another message holds, as they stand there: of a multiple of 4 bytes. */
  raw(attributes: Uint8Array): void {
    this.#room(attributes.length);
    this.#bytes.set(attributes, this.#at);
    this.#at += attributes.length;
  }
  /** NUL-terminated. */
  text(type: number, text: string): void {
    // Three bytes hold every UTF-16 unit; what is not needed is given back.
    const at = this.#attribute(type, text.length * 3 + 1),
      length = putText(this.#bytes, at, text.length * 3, text);
    this.#bytes[at + length] = 0;
    this.#host16(at - ATTRIBUTE, ATTRIBUTE + length + 1);
    this.#at = at + align4(length + 1);
    this.#bytes.fill(0, at + length, this.#at);
  }
  /** Begins a nest; what it returns goes to `close`. */
  open(type: number): number {
    return this.#attribute(type | NESTED, 0);
  }
  /** Ends the nest. Throws a RangeError for one of more than 65,535 bytes, which no message can say. */
  close(nest: number): void {
    const length = this.#at - nest + ATTRIBUTE;
    if (length > LONGEST_ATTRIBUTE) throw new RangeError(`an attribute of ${length} bytes is too long`);
    this.#host16(nest - ATTRIBUTE, length);
  }

  /** Returns where its value belongs; the padding is zero. */
  #attribute(type: number, length: number): number {
    const whole = ATTRIBUTE + length;
    this.#room(align4(whole));
    const at = this.#at + ATTRIBUTE;
    this.#host16(this.#at, whole);
    this.#host16(this.#at + 2, type);
    this.#at += align4(whole);
    for (let i = at + length; i < this.#at; i++) this.#bytes[i] = 0;
    return at;
  }
  #handOver(): void {
    // Few messages are longer than what is left then.
    if (!this.#full || this.#at < PIECE - SMALLEST) return;
    this.#full(this.#bytes.subarray(0, this.#at));
    this.#bytes = new Uint8Array(PIECE);
    this.#at = 0;
  }
  #room(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
  #put32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }
  #host16(at: number, value: number): void {
    this.#bytes[at + (LITTLE ? 0 : 1)] = value;
    this.#bytes[at + (LITTLE ? 1 : 0)] = value >> 8;
  }
  #host32(at: number, value: number): void {
    this.#host16(at + (LITTLE ? 0 : 2), value);
    this.#host16(at + (LITTLE ? 2 : 0), value >>> 16);
  }
}
