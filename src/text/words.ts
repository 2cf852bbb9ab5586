import { fail } from "../errors.js";
import { type Line, refuseAt, type Word } from "./place.js";

/** iptables-restore's own limits (xshared.h, 1.8.9): what is longer it could not read either. */
const LONGEST_WORD = 1023,
  MOST_WORDS = 251;
const TAB = 9,
  BLANK = 32,
  QUOTE = 34,
  BACKSLASH = 92;

/**
 * Takes a line apart as iptables-restore does: blanks and tabs part words; `"` begins or ends a quoted stretch, and an
 * ending quote ends the word; `\` escapes inside quotes only; `'` means nothing.
 */
export function wordsOf(line: Line, start = 0): Word[] {
  const { text } = line,
    words: Word[] = [];
  let i = start;
  for (;;) {
    while (i < text.length && (text.charCodeAt(i) === BLANK || text.charCodeAt(i) === TAB)) i++;
    if (i >= text.length) return words;
    const from = i,
      word = wordAt(line, from);
    i = word.to;
    if (word.text.length > LONGEST_WORD) refuseAt(line, `a word of more than ${LONGEST_WORD} bytes`, from, i);
    if (words.push(word) > MOST_WORDS) refuseAt(line, `more than ${MOST_WORDS} words`, from, i);
  }
}

function wordAt(line: Line, from: number): Word {
  const { text } = line;
  // Put together from stretches: character by character it would be a chain of as many strings.
  let word = "",
    start = from,
    i = from,
    quoted = -1;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted >= 0) {
      if (c === QUOTE) return { text: word + text.slice(start, i), from, to: i + 1 };
      if (c === BACKSLASH && i + 1 < text.length) {
        word += text.slice(start, i);
        start = ++i;
      }
    } else if (c === QUOTE) {
      word += text.slice(start, i);
      quoted = i;
      start = i + 1;
    } else if (c === BLANK || c === TAB) break;
  }
  if (quoted >= 0) refuseAt(line, "this quote is never closed", quoted, text.length);
  return { text: word + text.slice(start, i), from, to: i };
}

/** Gives the words of a stretch of text one after the other, for who does not need to know where they stand. */
export class WordReader {
  #text = "";
  #at = 0;
  #end = 0;
  begin(text: string, from: number, to: number): void {
    this.#text = text;
    this.#at = from;
    this.#end = to;
  }
  /** Undefined at the end. */
  next(): string | undefined {
    const text = this.#text,
      end = this.#end;
    let from = this.#at;
    while (from < end && (text.charCodeAt(from) === BLANK || text.charCodeAt(from) === TAB)) from++;
    if (from >= end) return undefined;
    let to = from;
    for (; to < end; to++) {
      const c = text.charCodeAt(to);
      if (c === BLANK || c === TAB) break;
      if (c === QUOTE) return this.#quoted(from);
    }
    this.#at = to;
    return text.slice(from, to);
  }
  /** A word that an option must have. */
  readonly take = (): string => {
    const word = this.next();
    return word === undefined || word === "!" ? fail("an argument is missing") : word;
  };
  /** The next word, which stays the next. */
  readonly ahead = (): string | undefined => {
    const at = this.#at,
      word = this.next();
    this.#at = at;
    return word;
  };
  #quoted(from: number): string {
    const rest: Line = { number: 1, text: this.#text.slice(from, this.#end) },
      word = wordAt(rest, 0);
    this.#at = from + word.to;
    return word.text;
  }
}
