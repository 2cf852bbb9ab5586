import { isRampartError } from "../errors.js";
import { checkChainName } from "../model/chain.js";
import { type Counters, parseCount } from "../model/counters.js";
import { BUILT_IN_CHAINS, type Family, isTableName, type Policy, type TableName } from "../model/family.js";
import { builtInNames, type Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import type { Rule } from "../model/rule.js";
import { AppendReader } from "./append-line.js";
import { type LineScope, parseCommand } from "./command-parser.js";
import type { Command } from "./commands.js";
import { type Line, refuseAt } from "./place.js";
import { wordsOf } from "./words.js";

export interface ParseRulesOptions {
  /** Default `ipv4`. */
  readonly family?: Family | undefined;
  /** Default: the names that are built in. */
  readonly names?: Names | undefined;
  /** The version of iptables whose words they are. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
  /** What to call the text in errors. */
  readonly file?: string | undefined;
  /** Take `[packets:bytes]` over. Default false. */
  readonly counters?: boolean | undefined;
  /** Only this table; what the others hold is not even read. */
  readonly table?: TableName | undefined;
  /** The user chains that are there already, for a file that adds to them. */
  readonly chains?: ((table: TableName) => Iterable<string>) | undefined;
}

/** Takes what a rules file says, in its order. */
export interface RulesReceiver {
  /** `*table` */
  begin(table: TableName, line: number): void;
  /** Any command but `-A`. */
  command(command: Exclude<Command, { command: "append" }>): void;
  append(chain: string, rule: Rule, line: number): void;
  /** An `-A` line, taken as it stands; false leaves it to the parser. Without this, each such line becomes a rule. */
  line?(reader: AppendReader, from: number, to: number, counters: Counters | undefined): boolean;
  /** `COMMIT` */
  commit(): void;
}

/** Reads a rules file line by line; throws `syntax` at a line that is wrong, and can go on with the next. */
export class RulesReader {
  readonly #text: string;
  readonly #options: ParseRulesOptions;
  readonly #family: Family;
  readonly #names: Names;
  /** Who has the lines from here on. */
  receiver: RulesReceiver;
  #section: LineScope | undefined;
  /** These lines are of another table than was asked for, or of none: they are passed over. */
  #passing = false;
  #append: AppendReader | undefined;
  #at = 0;
  #number = 0;

  constructor(text: string, options: ParseRulesOptions, receiver: RulesReceiver) {
    this.#text = text;
    this.receiver = receiver;
    this.#options = options;
    this.#family = options.family ?? "ipv4";
    this.#names = options.names ?? builtInNames;
  }
  /** Reads one line; false at the end. */
  next(): boolean {
    const text = this.#text,
      from = this.#at;
    if (from >= text.length) return false;
    const newline = text.indexOf("\n", from);
    let to = newline < 0 ? text.length : newline;
    this.#at = to + 1;
    this.#number++;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    if (to > from) this.#line(from, to);
    return true;
  }
  /** Throws if the last table is still open. */
  end(): void {
    if (!this.#section) return;
    const line: Line = { file: this.#options.file, number: this.#number + 1, text: "" };
    refuseAt(line, `COMMIT expected at the end of table ${this.#section.table}`, 0, 1);
  }

  #line(from: number, to: number): void {
    const text = this.#text,
      first = text.charCodeAt(from),
      section = this.#section;
    if (first === HASH) return;
    // A table that is passed over ends at its COMMIT, or where the next one begins.
    if (this.#passing && first !== STAR) {
      if (text.startsWith("COMMIT", from) && to - from === 6) this.#passing = false;
      return;
    }
    if (
      section &&
      first === DASH &&
      text.charCodeAt(from + 1) === LETTER_A &&
      this.#fast(section, from, to, undefined)
    )
      return;
    const line: Line = { file: this.#options.file, number: this.#number, text: text.slice(from, to) };
    if (!section) this.#begin(line);
    else if (first === COLON) this.#chain(line, section);
    else if (line.text === "COMMIT") this.#commit();
    else if (first === STAR) {
      this.#section = undefined;
      this.#begin(line);
      refuseAt(
        line,
        `COMMIT expected before the next table: table ${section.table} is still open`,
        0,
        line.text.length,
      );
    } else this.#command(line, section, from, to);
  }
  /** Most lines of a long file: an -A in the words of iptables-save. */
  #fast(section: LineScope, from: number, to: number, counters: Counters | undefined): boolean {
    const reader = (this.#append ??= new AppendReader(this.#text, section));
    if (this.receiver.line) return this.receiver.line(reader, from, to, counters);
    const rule = reader.read(from, to, counters);
    if (rule) this.receiver.append(reader.chain, rule, this.#number);
    return rule !== undefined;
  }

  #begin(line: Line): void {
    const { text } = line,
      name = text.slice(1).trim().split(/\s/)[0] ?? "";
    // What follows belongs to no table, and is not wrong once more for that.
    this.#passing = true;
    if (!text.startsWith("*")) {
      const hint =
        text === "COMMIT" || /^[-:[]/.test(text)
          ? "a table begins with a line such as *filter"
          : "this is no line of a rules file";
      refuseAt(line, hint, 0, text.length);
    }
    const { table: only, chains } = this.#options;
    if (only !== undefined && only !== name && name !== "") return;
    if (!isTableName(name))
      refuseAt(
        line,
        `there is no table "${name}": it is filter, nat, mangle, raw or security`,
        1,
        text.length,
      );
    this.#passing = false;
    this.#append = undefined;
    this.#section = {
      table: name,
      family: this.#family,
      names: this.#names,
      profile: this.#options.profile,
      chains: new Set([...BUILT_IN_CHAINS[name], ...(chains?.(name) ?? [])]),
    };
    this.receiver.begin(name, line.number);
  }
  #commit(): void {
    this.receiver.commit();
    this.#section = undefined;
  }

  #chain(line: Line, section: LineScope): void {
    const [name, policy, brackets] = wordsOf(line, 1),
      { table, chains } = section;
    if (!name) return refuseAt(line, "a chain's name is missing", 0, 1);
    const builtIn = BUILT_IN_CHAINS[table].includes(name.text);
    if (!builtIn) {
      try {
        checkChainName(name.text);
      } catch (error) {
        if (!isRampartError(error)) throw error;
        refuseAt(line, error.message, name.from, name.to, error);
      }
    }
    chains.add(name.text);
    if (!policy)
      return refuseAt(
        line,
        `the policy of chain ${name.text} is missing: ACCEPT, DROP or -`,
        name.to,
        name.to + 1,
      );
    if (!/^(ACCEPT|DROP|-)$/.test(policy.text))
      refuseAt(line, `"${policy.text}" is no policy: it is ACCEPT, DROP or -`, policy.from, policy.to);
    if (!builtIn && policy.text !== "-")
      refuseAt(
        line,
        `${name.text} is not built in, so it can have no policy: write -`,
        policy.from,
        policy.to,
      );
    const counted = brackets && countersIn(brackets.text);
    const wanted = this.#options.counters === true && policy.text !== "-";
    if ((brackets && !counted) || (wanted && !brackets))
      refuseAt(
        line,
        `invalid policy counters for chain ${name.text}: [packets:bytes] expected`,
        brackets?.from ?? policy.to,
        brackets?.to ?? policy.to + 1,
      );
    this.receiver.command({
      command: "chain",
      chain: name.text,
      ...(policy.text !== "-" && { policy: policy.text as Policy }),
      ...(wanted && counted && { counters: counted }),
      line: line.number,
    });
  }

  #command(line: Line, section: LineScope, from: number, to: number): void {
    let start = 0,
      counters: Counters | undefined;
    if (line.text.startsWith("[")) {
      const close = line.text.indexOf("]");
      if (close < 0) refuseAt(line, 'a "]" is missing: [packets:bytes] expected', 0, line.text.length);
      counters =
        countersIn(line.text.slice(0, close + 1)) ?? refuseAt(line, "[packets:bytes] expected", 0, close + 1);
      start = close + 1;
      while (isBlank(line.text.charCodeAt(start))) start++;
      if (!this.#options.counters) counters = undefined;
      if (line.text.startsWith("-A ", start) && this.#fast(section, from + start, to, counters)) return;
    }
    const command = parseCommand(line, start, section, counters);
    if (!command) return;
    if (command.command !== "append") this.receiver.command(command);
    else for (const rule of command.rules) this.receiver.append(command.chain, rule, line.number);
  }
}

const TAB = 9,
  RETURN = 13,
  BLANK = 32,
  HASH = 35,
  STAR = 42,
  DASH = 45,
  COLON = 58,
  LETTER_A = 65;
const isBlank = (c: number): boolean => c === BLANK || c === TAB || c === RETURN;

function countersIn(text: string): Counters | undefined {
  const [, digits = "", more = ""] = /^\[(\d+):(\d+)\]$/.exec(text) ?? [];
  const packets = parseCount(digits),
    bytes = parseCount(more);
  return packets === undefined || bytes === undefined ? undefined : Object.freeze({ packets, bytes });
}
