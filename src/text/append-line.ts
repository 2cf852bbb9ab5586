import { isRampartError } from "../errors.js";
import { parseNetwork } from "../extensions/address-words.js";
import type { Counters } from "../model/counters.js";
import { type Negatable, type Part, type Rule, VERDICTS, type Verdict } from "../model/rule.js";
import { canonicalNetworkEnd } from "./canonical-network.js";
import type { LineScope } from "./command-parser.js";
import { parseProtocol } from "./protocols.js";
import { type Behind, type SegmentKind, Segments } from "./segments.js";

const BLANK = 32,
  BANG = 33,
  QUOTE = 34,
  PLUS = 43,
  COMMA = 44,
  DASH = 45,
  BACKSLASH = 92;
const D = 100,
  G = 103,
  I = 105,
  J = 106,
  M = 109,
  O = 111,
  P = 112,
  S = 115;
/** A line of fewer characters cannot have more words than iptables-restore takes. */
export const LONGEST = 500;
const LONGEST_INTERFACE = 15;

type Draft = { -readonly [K in keyof Rule]: Rule[K] };

/**
 * Reads `-A` lines in the words and the order of iptables-save straight from the text. It gives up on everything else,
 * also on everything that is wrong: the general parser reads those lines, with the same outcome for any line.
 */
export class AppendReader {
  /** The chain of the line read last. */
  chain = "";
  readonly #text: string;
  readonly #scope: LineScope;
  readonly #segments: Segments;
  readonly #protocols = new Map<string, Behind>();
  readonly #interfaces = new Map<string, string>();
  /** "-A CHAIN ", as most lines begin like the one before. */
  #prefix = "-A  ";
  /** The matches of the line; a new array for each line would grow step by step. */
  readonly #parts: Part[] = [];
  #noInput = false;
  #noOutput = false;
  #hash = 0;

  constructor(text: string, scope: LineScope) {
    this.#text = text;
    this.#scope = scope;
    this.#segments = new Segments(scope);
  }

  /** The rule of the line, without any blank at its end; undefined for the general parser. */
  read(from: number, to: number, counters: Counters | undefined): Rule | undefined {
    const text = this.#text;
    if (to - from > LONGEST) return undefined;
    if (!text.startsWith(this.#prefix, from) && !this.#readChain(from, to)) return undefined;
    if (!this.#scope.chains.has(this.chain)) return undefined;
    const rule: Draft = {};
    let at = from + this.#prefix.length,
      parts = 0,
      behind = this.#segments.behind(undefined);
    if (at >= to) return undefined;
    while (at < to) {
      const not = text.charCodeAt(at) === BANG;
      const dash = not ? at + 2 : at;
      if ((not && text.charCodeAt(at + 1) !== BLANK) || text.charCodeAt(dash) !== DASH) return undefined;
      const letter = text.charCodeAt(dash + 1),
        value = dash + 3;
      if (letter === DASH || letter === M) {
        if (
          letter === M ? not || text.charCodeAt(value - 1) !== BLANK : parts || behind.protocol === undefined
        )
          return undefined;
        const end = this.#segmentEnd(letter === M ? value : at, to),
          kind: SegmentKind = letter === M ? "match" : "implicit";
        const part = this.#segments.part(text, at, end, this.#hash, kind, behind);
        if (part === undefined) return undefined;
        this.#parts[parts++] = part;
        at = end + 1;
        continue;
      }
      if (text.charCodeAt(value - 1) !== BLANK || value >= to) return undefined;
      if (letter === J || letter === G) {
        if (not || !this.#target(rule, letter, at, value, to, behind)) return undefined;
        break;
      }
      const end = this.#wordEnd(value, to);
      if (end < 0) return undefined;
      if (letter === S || letter === D) {
        const network = this.#network(value, end);
        if (network === undefined || (letter === S ? rule.source : rule.destination) !== undefined)
          return undefined;
        const condition: Negatable<string> = not ? Object.freeze({ not: network }) : network;
        if (letter === S) rule.source = condition;
        else rule.destination = condition;
      } else if (letter === I || letter === O) {
        const name = this.#interface(value, end);
        if (name === undefined || (letter === I ? this.#noInput : this.#noOutput)) return undefined;
        if ((letter === I ? rule.inInterface : rule.outInterface) !== undefined) return undefined;
        const condition: Negatable<string> = not ? Object.freeze({ not: name }) : name;
        if (letter === I) rule.inInterface = condition;
        else rule.outInterface = condition;
      } else if (letter === P && parts === 0 && rule.protocol === undefined) {
        // Behind `! -p tcp` no match of tcp can stand, and such rules are rare: they are for the general parser.
        const given = not ? undefined : this.#protocol(value, end);
        if (given === undefined) return undefined;
        behind = given;
        rule.protocol = given.protocol!;
      } else return undefined;
      at = end + 1;
    }
    if (parts > 0) rule.matches = Object.freeze(this.#parts.slice(0, parts));
    if (counters) rule.counters = counters;
    return Object.freeze(rule);
  }

  #readChain(from: number, to: number): boolean {
    const text = this.#text;
    if (!text.startsWith("-A ", from)) return false;
    const end = this.#wordEnd(from + 3, to);
    if (end < 0 || end >= to || !this.#scope.chains.has(text.slice(from + 3, end))) return false;
    this.chain = text.slice(from + 3, end);
    this.#prefix = text.slice(from, end + 1);
    this.#noInput = this.chain === "OUTPUT" || this.chain === "POSTROUTING";
    this.#noOutput = this.chain === "INPUT" || this.chain === "PREROUTING";
    return true;
  }
  /** Where a plain word ends; -1 where it holds anything but plain characters. */
  #wordEnd(from: number, to: number): number {
    for (let i = from; i < to; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === BLANK) return i === from ? -1 : i;
      if (c < BANG || c > 126 || c === QUOTE || c === BACKSLASH) return -1;
    }
    return to;
  }
  /** Where the next short option begins, less the blank before it. The hash of what is passed is left in #hash. */
  #segmentEnd(from: number, to: number): number {
    const text = this.#text;
    let quoted = false,
      hash = 0;
    for (let i = from; i < to; i++) {
      const c = text.charCodeAt(i);
      hash = Math.imul(hash, 31) + c;
      if (c === QUOTE) quoted = !quoted;
      else if (quoted) i += c === BACKSLASH ? 1 : 0;
      else if (c === BLANK) {
        const next = text.charCodeAt(i + 1) === BANG && text.charCodeAt(i + 2) === BLANK ? i + 3 : i + 1;
        if (text.charCodeAt(next) === DASH && text.charCodeAt(next + 1) !== DASH) {
          to = i;
          break;
        }
      }
    }
    this.#hash = hash;
    return to;
  }

  #network(from: number, to: number): string | undefined {
    const text = this.#text;
    if (this.#scope.family === "ipv4") {
      const end = canonicalNetworkEnd(text, from, to);
      if (end === to) return text.slice(from, to);
      return end < 0 ? undefined : `${text.slice(from, to)}/32`;
    }
    for (let i = from; i < to; i++) if (text.charCodeAt(i) === COMMA) return undefined;
    const network = orNothing(() => parseNetwork(text.slice(from, to), "ipv6"));
    return network === "::/0" ? undefined : network;
  }
  #interface(from: number, to: number): string | undefined {
    const name = this.#text.slice(from, to),
      known = this.#interfaces.get(name);
    if (known !== undefined) return known;
    const first = name.charCodeAt(0);
    if (name.length > LONGEST_INTERFACE || first === BANG || first === PLUS) return undefined;
    this.#interfaces.set(name, name);
    return name;
  }
  #protocol(from: number, to: number): Behind | undefined {
    const word = this.#text.slice(from, to),
      known = this.#protocols.get(word);
    if (known) return known;
    const number = orNothing(() => parseProtocol(word, this.#scope.names));
    if (number === undefined || number === 0) return undefined;
    const behind = this.#segments.behind(number);
    this.#protocols.set(word, behind);
    return behind;
  }
  /** The jump must end the line: options behind it are its own. */
  #target(rule: Draft, letter: number, at: number, from: number, to: number, behind: Behind): boolean {
    const text = this.#text,
      { chains, table } = this.#scope,
      end = this.#wordEnd(from, to);
    if (end === to) {
      const verdict = verdictAt(text, from, to);
      if (verdict !== undefined) {
        if (letter === G || (table === "nat" && verdict === "DROP")) return false;
        rule.jump = verdict;
        return true;
      }
      const name = text.slice(from, to);
      if (chains.has(name)) {
        if (letter === G) rule.goto = name;
        else rule.jump = name;
        return true;
      }
    }
    if (letter === G || end < 0 || this.#segmentEnd(from, to) !== to) return false;
    if (end < to && chains.has(text.slice(from, end))) return false;
    const part = this.#segments.part(text, at, to, this.#hash, "target", behind);
    if (part) rule.jump = part;
    return part !== undefined;
  }
}

function verdictAt(text: string, from: number, to: number): Verdict | undefined {
  for (let i = 0; i < VERDICTS.length; i++)
    if (VERDICTS[i]!.length === to - from && text.startsWith(VERDICTS[i]!, from)) return VERDICTS[i];
  return undefined;
}

function orNothing<V>(make: () => V): V | undefined {
  try {
    return make();
  } catch (error) {
    if (isRampartError(error)) return undefined;
    throw error;
  }
}
