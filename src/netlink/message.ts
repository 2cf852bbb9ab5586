import { LITTLE } from "../codec/struct.js";

/** Flags and types of `struct nlmsghdr`, linux/netlink.h. */
export const NLM_F = { request: 0x1, ack: 0x4, dump: 0x300 } as const;
const NLMSG_ERROR = 2,
  NLMSG_DONE = 3;
const HEADER = 16,
  NFGEN = 4,
  ATTRIBUTE = 4;
const align = (n: number): number => (n + 3) & ~3;
const encoder = new TextEncoder(),
  decoder = new TextDecoder();

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}
/** A nul-terminated string attribute. */
export const stringAttribute = (type: number, text: string): Attribute => ({
  type,
  value: encoder.encode(`${text}\0`),
});
export const byteAttribute = (type: number, value: number): Attribute => ({
  type,
  value: Uint8Array.of(value),
});
/** The kernel's netfilter subsystems send numbers in network byte order. */
export function be32Attribute(type: number, value: number): Attribute {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return { type, value: bytes };
}

export interface Request {
  /** `subsystem << 8 | command`. */
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** An address family, `NFPROTO_*`, linux/netfilter.h. */
  readonly family: number;
  readonly attributes: readonly Attribute[];
}
/** One nfnetlink message: `nlmsghdr`, `nfgenmsg`, attributes. */
export function encodeMessage({ type, flags, sequence, family, attributes }: Request): Uint8Array {
  const length = attributes.reduce((n, { value }) => n + align(ATTRIBUTE + value.length), HEADER + NFGEN);
  const bytes = new Uint8Array(length),
    view = new DataView(bytes.buffer);
  view.setUint32(0, length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint16(6, flags | NLM_F.request, LITTLE);
  view.setUint32(8, sequence, LITTLE);
  bytes[HEADER] = family;
  let at = HEADER + NFGEN;
  for (const attribute of attributes) {
    view.setUint16(at, ATTRIBUTE + attribute.value.length, LITTLE);
    view.setUint16(at + 2, attribute.type, LITTLE);
    bytes.set(attribute.value, at + ATTRIBUTE);
    at += align(ATTRIBUTE + attribute.value.length);
  }
  return bytes;
}

export interface Reply {
  readonly sequence: number;
  /** 0 in an answer and in a plain acknowledgement; else the positive errno. */
  readonly errno: number;
  /** By type, the last of each; empty in acknowledgements. */
  readonly attributes: ReadonlyMap<number, Uint8Array>;
}
/** The messages of a conversation, ends of dumps left out. Whatever is cut short ends the walk. */
export function* decodeReplies(bytes: Uint8Array): Generator<Reply> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, LITTLE),
      type = view.getUint16(at + 4, LITTLE),
      end = at + length;
    if (length < HEADER || end > bytes.length) return;
    const sequence = view.getUint32(at + 8, LITTLE);
    if (type === NLMSG_ERROR && length >= HEADER + 4)
      yield { sequence, errno: -view.getInt32(at + HEADER, LITTLE), attributes: new Map() };
    else if (type !== NLMSG_DONE)
      yield { sequence, errno: 0, attributes: attributesOf(bytes, view, at + HEADER + NFGEN, end) };
    at += align(length);
  }
}
function attributesOf(bytes: Uint8Array, view: DataView, from: number, end: number): Map<number, Uint8Array> {
  const out = new Map<number, Uint8Array>();
  for (let at = from; at + ATTRIBUTE <= end; ) {
    const length = view.getUint16(at, LITTLE);
    if (length < ATTRIBUTE || at + length > end) break;
    // The two upper bits say "nested" and "network byte order", not which attribute it is.
    out.set(view.getUint16(at + 2, LITTLE) & 0x3fff, bytes.subarray(at + ATTRIBUTE, at + length));
    at += align(length);
  }
  return out;
}
export const textOf = (value: Uint8Array): string =>
  decoder.decode(value.subarray(0, value.indexOf(0) < 0 ? value.length : value.indexOf(0)));
