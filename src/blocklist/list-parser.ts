import { textAt } from "../codec/text.js";
import { fail } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import { JsonStrings } from "./json-strings.js";
import { type LineReader, lineReader } from "./line-formats.js";
import { takePlainLines } from "./plain-lines.js";
import { RangeList } from "./range-list.js";
import { AddressScanner } from "./scan-address.js";

/**
 * `lines`: an address, a network or a range a line; comments after `#`, `;` or `//`. `hosts`: the same with names behind
 * it, as in /etc/hosts. `csv`: one column of a table. `json`: every text in it that is an address or a network, at
 * whatever depth: JSON, or one JSON value a line. `auto`: JSON by its first character, else each line as it comes.
 */
export const LIST_FORMATS = ["auto", "lines", "hosts", "csv", "json"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

export interface FormatOptions {
  /** Default `auto`. */
  readonly format?: ListFormat;
  /** With `csv`: which column, from 1, or its name in the first line. Default: the first that holds an address. */
  readonly column?: number | string;
  /** With `csv`: what parts columns. Default: a comma, a semicolon or a tab, whichever the first line has. */
  readonly separator?: string;
}

/** A line that was not taken. */
export interface RefusedLine {
  /** What the source is called. */
  readonly source: string;
  /** From 1; of an iterable, which of its texts. */
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
  readonly reason: string;
}

/** So many refused lines are told, the rest is only counted. */
export const MOST_REFUSED = 1000;
const SHOWN = 80,
  LONGEST_LINE = 4096,
  NEWLINE = 10,
  /** What a list is shows in that many bytes. */
  BEGINNING = 256,
  MARK = [0xef, 0xbb, 0xbf] as const;

/** Where the list begins: behind a byte order mark, if there is one. */
const markAt = (bytes: Uint8Array): number => (MARK.every((byte, i) => bytes[i] === byte) ? MARK.length : 0);
/** Whether these first bytes are enough to tell JSON from lines. */
function tells(bytes: Uint8Array): boolean {
  if (bytes.length >= BEGINNING) return true;
  if (bytes.length < MARK.length && MARK[0] === bytes[0]) return false;
  return /^\s*(?:[^\s[]|\[\s*\S)/.test(textAt(bytes, markAt(bytes), bytes.length));
}

/** What a list holds, as it stood there: neither sorted nor merged. */
export class Collected {
  readonly ranges: { readonly [F in Family]: RangeList };
  readonly families: readonly Family[];
  /** Addresses, networks and ranges taken. */
  taken = 0;
  /** Of a family that was not asked for. */
  passedOver = 0;
  refusedCount = 0;
  readonly refused: RefusedLine[] = [];
  constructor(families: readonly Family[] = FAMILIES) {
    this.families = families;
    this.ranges = { ipv4: new RangeList("ipv4"), ipv6: new RangeList("ipv6") };
  }
  take(scanner: AddressScanner): void {
    const { family, first, last } = scanner;
    if (!this.families.includes(family)) {
      this.passedOver++;
      return;
    }
    this.taken++;
    if (family === "ipv4") this.ranges.ipv4.add4(first[0]!, last[0]!);
    else this.ranges.ipv6.add(first, 0, last, 0);
  }
  refuse(line: RefusedLine): void {
    if (this.refusedCount++ < MOST_REFUSED) this.refused.push(line);
  }
}

/** Reads one list, piece by piece as it arrives. */
export class ListParser {
  readonly #source: string;
  readonly #options: FormatOptions;
  readonly #into: Collected;
  readonly #scanner = new AddressScanner();
  #reader: LineReader | undefined;
  #json: JsonStrings | undefined;
  #line = 1;
  /** The beginning of a line whose end has not come yet. */
  #rest = new Uint8Array(0);
  #begun = false;
  /** Whether an address alone is a line that is taken. */
  readonly #plain: boolean;

  constructor(source: string, into: Collected, options: FormatOptions = {}) {
    const { format = "auto" } = options;
    // Whoever misspells one in plain JavaScript must not get another list than he meant.
    if (!LIST_FORMATS.includes(format))
      fail(`there is no format "${format}": it is ${LIST_FORMATS.join(", ")}`);
    if (format !== "csv" && (options.column !== undefined || options.separator !== undefined))
      fail("column and separator are for the format csv");
    this.#source = source;
    this.#options = options;
    this.#into = into;
    this.#plain = format !== "csv" && into.families.includes("ipv4");
  }

  /** Pieces of some tens of KiB keep the event loop turning. */
  push(piece: Uint8Array): void {
    let bytes = piece;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + piece.length);
      bytes.set(this.#rest);
      bytes.set(piece, this.#rest.length);
    }
    if (this.#begun || tells(bytes)) this.#take(this.#begun ? bytes : this.#begin(bytes));
    else this.#rest = bytes.slice();
  }
  /** Throws `invalid-value` where the list is cut short. */
  end(): void {
    if (!this.#begun && this.#rest.length > 0) this.#take(this.#begin(this.#rest));
    if (this.#json) this.#json.end();
    else if (this.#rest.length > 0) this.#read(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }

  #take(bytes: Uint8Array): void {
    if (this.#json) {
      this.#rest = new Uint8Array(0);
      this.#json.push(bytes);
      return;
    }
    let from = this.#takePlain(bytes, 0);
    for (let to = bytes.indexOf(NEWLINE, from); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      this.#read(bytes, from, to);
      from = this.#takePlain(bytes, to + 1);
    }
    // A line without an end is not kept to its end.
    const keep = Math.min(bytes.length - from, LONGEST_LINE + 1);
    this.#rest = bytes.slice(from, from + keep);
  }

  #begin(bytes: Uint8Array): Uint8Array {
    this.#begun = true;
    const list = bytes.subarray(markAt(bytes)),
      { format = "auto" } = this.#options;
    if (
      format === "json" ||
      (format === "auto" && /^\s*(\{|\[\s*["[{\]])/.test(textAt(list, 0, Math.min(list.length, BEGINNING))))
    )
      this.#json = new JsonStrings(this.#source, this.#into);
    else this.#reader = lineReader(this.#options, this.#scanner);
    return list;
  }
  /** Lines that need no reader; where the first that does begins. */
  #takePlain(bytes: Uint8Array, from: number): number {
    if (!this.#plain) return from;
    const { ipv4 } = this.#into.ranges,
      before = ipv4.length,
      end = takePlainLines(bytes, from, bytes.length, ipv4);
    this.#into.taken += ipv4.length - before;
    this.#line += ipv4.length - before;
    return end;
  }
  #read(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line++;
    if (to - from > LONGEST_LINE) {
      this.#refuse(bytes, from, to, line, `the line has more than ${LONGEST_LINE} bytes`);
      return;
    }
    const read = this.#reader!(bytes, from, to);
    if (read === true) this.#into.take(this.#scanner);
    else if (read !== undefined) this.#refuse(bytes, from, to, line, read);
  }
  #refuse(bytes: Uint8Array, from: number, to: number, line: number, reason: string): void {
    const text = textAt(bytes, from, Math.min(to, from + SHOWN)).trim();
    this.#into.refuse({ source: this.#source, line, text, reason });
  }
}
