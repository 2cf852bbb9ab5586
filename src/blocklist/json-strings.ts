import { textAt } from "../codec/text.js";
import { fail } from "../errors.js";
import type { Collected } from "./list-parser.js";
import { AddressScanner } from "./scan-address.js";

const QUOTE = 34,
  BACKSLASH = 92,
  NEWLINE = 10,
  OPEN = [91, 123],
  CLOSE = [93, 125];
/** The longest text that may be a range of IPv6, and a little more. */
const LONGEST = 100;
/** What is meant as an address and is none; words, dates and numbers are something else. */
const MEANT = /^(\d+\.){3}\d+(\/\S*)?$|^[0-9a-f:]*::[0-9a-f:.]*(\/\S*)?$/i;

/**
 * Finds the addresses among the texts of JSON without making values of it: public lists keep them under whatever name
 * (`ip_prefix`, `cidr`, `ipv4_cidrs`), and may be long.
 */
export class JsonStrings {
  readonly #source: string;
  readonly #into: Collected;
  readonly #scanner = new AddressScanner();
  readonly #text = new Uint8Array(LONGEST);
  #length = 0;
  #inText = false;
  #escaped = false;
  #depth = 0;
  #line = 1;
  constructor(source: string, into: Collected) {
    this.#source = source;
    this.#into = into;
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const c = bytes[i]!;
      if (!this.#inText) {
        if (c === QUOTE) {
          this.#inText = true;
          this.#length = 0;
        } else if (c === NEWLINE) this.#line++;
        else if (OPEN.includes(c)) this.#depth++;
        else if (CLOSE.includes(c)) this.#depth--;
      } else if (this.#escaped) {
        this.#escaped = false;
        // The one escape that addresses are written with.
        if (c === SLASH) this.#put(c);
        else this.#length = LONGEST + 1;
      } else if (c === BACKSLASH) this.#escaped = true;
      else if (c === QUOTE) {
        this.#inText = false;
        this.#take();
      } else this.#put(c);
    }
  }
  end(): void {
    if (this.#inText || this.#depth !== 0) fail(`${this.#source} is cut short: its JSON has no end`);
  }

  #put(c: number): void {
    if (this.#length < LONGEST) this.#text[this.#length] = c;
    this.#length++;
  }
  #take(): void {
    const length = this.#length;
    if (length === 0 || length > LONGEST) return;
    const problem = this.#scanner.scan(this.#text, 0, length);
    if (problem === undefined && this.#scanner.end === length) this.#into.take(this.#scanner);
    else {
      const text = textAt(this.#text, 0, length);
      if (MEANT.test(text))
        this.#into.refuse({
          source: this.#source,
          line: this.#line,
          text,
          reason: problem ?? "something stands behind the address",
        });
    }
  }
}
const SLASH = 47;
