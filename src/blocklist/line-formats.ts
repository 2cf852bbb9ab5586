import { textAt } from "../codec/text.js";
import type { FormatOptions } from "./list-parser.js";
import { type AddressScanner, isBlank, skipBlanks } from "./scan-address.js";

/**
 * Reads a line into the scanner. True: it holds what was read; undefined: it holds nothing, as a comment does; a text:
 * what is wrong with it.
 */
export type LineReader = (bytes: Uint8Array, from: number, to: number) => true | string | undefined;

const HASH = 35,
  QUOTE = 34,
  COMMA = 44,
  SEMICOLON = 59,
  SLASH = 47,
  TAB = 9;

/** Whether a comment begins there. */
const comments = (b: Uint8Array, at: number, to: number): boolean => {
  const c = b[at];
  return c === HASH || c === SEMICOLON || (c === SLASH && at + 1 < to && b[at + 1] === SLASH);
};

export function lineReader(options: FormatOptions, scanner: AddressScanner): LineReader {
  const { format = "auto" } = options;
  if (format === "csv") return csvReader(options, scanner);
  if (format === "lines") return plainReader(scanner, behindPlain);
  if (format === "hosts") return plainReader(scanner, behindHost);
  const csv = csvReader({}, scanner);
  return plainReader(scanner, behindAny, csv);
}

/** What may stand behind the address; a text says why not. `at` is where it begins, and no blank. */
type Behind = (bytes: Uint8Array, at: number, to: number, scanner: AddressScanner) => true | string;

/** An address, then whatever `behind` takes. `other` is asked for lines that begin with none. */
const plainReader =
  (scanner: AddressScanner, behind: Behind, other?: LineReader): LineReader =>
  (bytes, from, to) => {
    const begin = skipBlanks(bytes, from, to);
    if (begin === to || comments(bytes, begin, to)) return undefined;
    const problem = scanner.scan(bytes, begin, to);
    if (problem !== undefined) {
      const told = other?.(bytes, from, to);
      return told === true ? told : problem;
    }
    const end = skipBlanks(bytes, scanner.end, to);
    if (end === to || comments(bytes, end, to)) return true;
    return behind(bytes, end, to, scanner);
  };

/** Both where a word parted by a blank is expected, and where something sticks to the address. */
const sticks = (bytes: Uint8Array, at: number): boolean => !isBlank(bytes[at - 1]!);
const EXTRA = "something stands behind the address";
const behindPlain: Behind = () => EXTRA;
const behindHost: Behind = (bytes, at, _to, scanner) =>
  sticks(bytes, at) ? EXTRA : isSinkhole(scanner) ? SINKHOLE : true;
const behindAny: Behind = (bytes, at, to, scanner) =>
  bytes[at] === COMMA || bytes[at] === SEMICOLON ? true : behindHost(bytes, at, to, scanner);

const SINKHOLE = "it names a host that shall be sent nowhere: that blocks a name, not an address";
/** What lists of unwanted names put before them: 0.0.0.0, 127.0.0.1, ::, ::1. */
function isSinkhole({ family, first, last }: AddressScanner): boolean {
  const words = family === "ipv4" ? 1 : 4;
  for (let w = 0; w < words; w++) if (first[w] !== last[w]) return false;
  if (family === "ipv4") return first[0] === 0 || first[0] === 0x7f00_0001;
  return first[0] === 0 && first[1] === 0 && first[2] === 0 && first[3]! <= 1;
}

function csvReader({ column, separator }: FormatOptions, scanner: AddressScanner): LineReader {
  let part = separator?.charCodeAt(0),
    index = typeof column === "number" ? column - 1 : undefined,
    named = typeof column === "string" ? column : undefined;
  return (bytes, from, to) => {
    const begin = skipBlanks(bytes, from, to);
    if (begin === to) return undefined;
    const comment = comments(bytes, begin, to);
    if (comment && named === undefined) return undefined;
    part ??= firstOf(bytes, begin, to) ?? COMMA;
    if (named !== undefined) {
      // The names may stand in a comment: abuse.ch has them so.
      const names = fieldsOf(bytes, comment ? skipBlanks(bytes, begin + 1, to) : begin, to, part);
      const at = names.findIndex(([a, b]) => textAt(bytes, a, b).trim() === named);
      if (at < 0) return comment ? undefined : `the first line names no column "${named}"`;
      index = at;
      named = undefined;
      return undefined;
    }
    const fields = fieldsOf(bytes, begin, to, part);
    let problem = "no column holds an address";
    if (index !== undefined) {
      const field = fields[index];
      if (!field) return `the line has no column ${index + 1}`;
      const found = readField(bytes, field, scanner);
      return found ?? true;
    }
    for (const field of fields) {
      const found = readField(bytes, field, scanner);
      if (found === undefined) return true;
      if (fields.length === 1) problem = found;
    }
    return problem;
  };
}
/** What is wrong with it as an address. */
function readField(bytes: Uint8Array, [from, to]: Field, scanner: AddressScanner): string | undefined {
  const begin = skipBlanks(bytes, from, to),
    problem = scanner.scan(bytes, begin, to);
  if (problem !== undefined) return problem;
  return skipBlanks(bytes, scanner.end, to) === to ? undefined : EXTRA;
}
function firstOf(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) {
    const c = bytes[at]!;
    if (c === COMMA || c === SEMICOLON || c === TAB) return c;
  }
  return undefined;
}

type Field = readonly [from: number, to: number];
/** Where the fields of a line are, quotes aside; a separator within quotes is none. */
function fieldsOf(bytes: Uint8Array, from: number, to: number, separator: number): readonly Field[] {
  const fields: Field[] = [];
  for (let at = from; ; ) {
    const begin = skipBlanks(bytes, at, to);
    let end = begin;
    if (begin < to && bytes[begin] === QUOTE) {
      end = bytes.indexOf(QUOTE, begin + 1);
      if (end < 0 || end > to) end = to;
      fields.push([begin + 1, end]);
    }
    let stop = end;
    while (stop < to && bytes[stop] !== separator) stop++;
    if (end === begin) fields.push([begin, trimmed(bytes, begin, stop)]);
    if (stop >= to) return fields;
    at = stop + 1;
  }
}
function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(bytes[end - 1]!)) end--;
  return end;
}
