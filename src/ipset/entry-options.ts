import { byteLength } from "../codec/struct.js";
import { fail } from "../errors.js";
import { type Count, parseCount } from "../model/counters.js";
import { NET_BYTEORDER } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import type { Element } from "./element.js";
import type { Fields } from "./parts.js";
import { ADT, CADT, FLAG } from "./protocol.js";
import type { EntryField, LooseEntry } from "./set-types.js";

/** One of the words that follow an element. */
export interface EntryOption {
  readonly field: EntryField;
  /** It takes no value. */
  readonly flag?: boolean;
  read(word: string, into: Fields): void;
  write(entry: LooseEntry, writer: MessageWriter): void;
  /** What ipset prints behind its word; undefined where the element has none. */
  text(element: Element): string | undefined;
  value(element: Element, into: Fields): void;
}

/** The kernel counts milliseconds in 32 bits. */
export const LONGEST_TIMEOUT = 2_147_483;
export function wholeNumber(word: string, most: number, least = 0): number {
  const n = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  return checkWhole(n, most, least, word);
}
export function checkWhole(n: number, most: number, least = 0, shown: string | number = n): number {
  if (!Number.isInteger(n) || n < least || n > most) fail(`"${shown}" is no number from ${least} to ${most}`);
  return n;
}

const timeout: EntryOption = {
  field: "timeout",
  read: (word, into) => {
    into.timeout = wholeNumber(word, LONGEST_TIMEOUT);
  },
  write: ({ timeout: seconds }, writer) => {
    if (seconds !== undefined)
      writer.be32(CADT.timeout | NET_BYTEORDER, checkWhole(seconds, LONGEST_TIMEOUT));
  },
  text: (e) => (e.timeout < 0 ? undefined : String(e.timeout)),
  value: (e, into) => {
    if (e.timeout >= 0) into.timeout = e.timeout;
  },
};

const flag = (field: "nomatch" | "wildcard", bit: number): EntryOption => ({
  field,
  flag: true,
  read: (_, into) => {
    into[field] = true;
  },
  // All flags are one attribute: see `writeFlags`.
  write() {},
  text: (e) => (e.flags & bit ? "" : undefined),
  value: (e, into) => {
    if (e.flags & bit) into[field] = true;
  },
});

/** The greatest counter that ipset takes: all ones say that there is none. */
const MOST_COUNTED = 0xffff_ffff_ffff_fffen;
const counter = (field: "packets" | "bytes", type: number, of: (e: Element) => Count): EntryOption => ({
  field,
  read: (word, into) => {
    into[field] = parseCount(word) ?? fail(`"${word}" is no number`);
  },
  write: ({ [field]: n }, writer) => {
    if (n === undefined) return;
    const given = parseCount(String(n));
    if (given === undefined || BigInt(given) > MOST_COUNTED)
      fail(`"${n}" is no number from 0 to ${MOST_COUNTED}`);
    writer.be64(type | NET_BYTEORDER, BigInt(given));
  },
  text: (e) => (of(e) === -1 ? undefined : String(of(e))),
  value: (e, into) => {
    if (of(e) !== -1) into[field] = of(e);
  },
});

const LONGEST_COMMENT = 255;
const comment: EntryOption = {
  field: "comment",
  read: (word, into) => {
    into.comment = word;
  },
  write: ({ comment: text }, writer) => {
    if (text === undefined) return;
    if (/["\n\0]/.test(text)) fail("a comment holds no quotes and no line ends");
    if (byteLength(text) > LONGEST_COMMENT)
      fail(`a comment of ${byteLength(text)} bytes is too long: ${LONGEST_COMMENT} are the most`);
    writer.text(ADT.comment, text);
  },
  text: (e) => (e.comment === undefined ? undefined : `"${e.comment}"`),
  value: (e, into) => {
    if (e.comment !== undefined) into.comment = e.comment;
  },
};

const ALL_BITS = 0xffff_ffff;
function skbmarkText({ bytes, skbmark: at }: Element): string | undefined {
  if (at < 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8),
    bits = view.getUint32(0),
    mask = view.getUint32(4);
  return `0x${bits.toString(16)}${mask === ALL_BITS ? "" : `/0x${mask.toString(16)}`}`;
}
const skbmark: EntryOption = {
  field: "skbmark",
  read: (word, into) => {
    into.skbmark = word;
  },
  write: ({ skbmark: word }, writer) => {
    if (word === undefined) return;
    const [bits = "", mask = "0xffffffff", more] = word.split("/");
    if (more !== undefined) fail(`"${word}" is no mark: it is MARK or MARK/MASK`);
    const whole = (BigInt(wholeNumber(bits, ALL_BITS)) << 32n) | BigInt(wholeNumber(mask, ALL_BITS));
    writer.be64(ADT.skbmark | NET_BYTEORDER, whole);
  },
  text: skbmarkText,
  value: (e, into) => {
    const text = skbmarkText(e);
    if (text !== undefined) into.skbmark = text;
  },
};

const skbprioText = ({ skbprio: n }: Element): string | undefined =>
  n < 0 ? undefined : `${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`;
const skbprio: EntryOption = {
  field: "skbprio",
  read: (word, into) => {
    into.skbprio = word;
  },
  write: ({ skbprio: word }, writer) => {
    if (word === undefined) return;
    const [, major = "", minor = ""] =
      /^([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(word) ?? fail(`"${word}" is no priority: it is MAJOR:MINOR`);
    const whole = Number.parseInt(major, 16) * 0x1_0000 + Number.parseInt(minor, 16);
    writer.be32(ADT.skbprio | NET_BYTEORDER, whole);
  },
  text: skbprioText,
  value: (e, into) => {
    const text = skbprioText(e);
    if (text !== undefined) into.skbprio = text;
  },
};
const skbqueue: EntryOption = {
  field: "skbqueue",
  read: (word, into) => {
    into.skbqueue = wholeNumber(word, 0xffff);
  },
  write: ({ skbqueue: n }, writer) => {
    if (n !== undefined) writer.be16(ADT.skbqueue | NET_BYTEORDER, checkWhole(n, 0xffff));
  },
  text: (e) => (e.skbqueue < 0 ? undefined : String(e.skbqueue)),
  value: (e, into) => {
    if (e.skbqueue >= 0) into.skbqueue = e.skbqueue;
  },
};

/** In the order in which ipset prints them. */
export const ENTRY_OPTIONS: readonly EntryOption[] = [
  timeout,
  flag("nomatch", FLAG.nomatch),
  flag("wildcard", FLAG.wildcard),
  counter("packets", ADT.packets, (e) => e.packets),
  counter("bytes", ADT.bytes, (e) => e.octets),
  comment,
  skbmark,
  skbprio,
  skbqueue,
];

/** Everything of an entry that is a bit. */
export function writeFlags(entry: LooseEntry, writer: MessageWriter): void {
  const flags =
    (entry.before === undefined ? 0 : FLAG.before) |
    (entry.physdev ? FLAG.physdev : 0) |
    (entry.nomatch ? FLAG.nomatch : 0) |
    (entry.wildcard ? FLAG.wildcard : 0);
  if (flags !== 0) writer.be32(CADT.flags | NET_BYTEORDER, flags);
}
