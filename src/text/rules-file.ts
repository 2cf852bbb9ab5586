import type { TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { Slices } from "../model/slices.js";
import type { Command, RulesFile, TableSection } from "./commands.js";
import { Mistakes } from "./mistakes.js";
import { type ParseRulesOptions, RulesReader, type RulesReceiver } from "./rules-reader.js";

export type { ParseRulesOptions, RulesReceiver };
export type ParseRulesAsyncOptions = ParseRulesOptions & { readonly signal?: AbortSignal | undefined };

/**
 * Reads a rules file: what iptables-save writes, and what iptables-restore reads (conformance facts 5.10). Beyond those,
 * blanks at the ends of lines, blank lines and CRLF are let pass.
 *
 * @throws `syntax`, with file, line and column of every line that is wrong; `more` has those after the first.
 */
export function parseRules(text: string, options: ParseRulesOptions = {}): RulesFile {
  const collector = new Collector(),
    lines = new Lines(text, options, collector);
  while (lines.next());
  return collector.file(options);
}
/** The same in slices, so that the event loop goes on. */
export async function parseRulesAsync(
  text: string,
  options: ParseRulesAsyncOptions = {},
): Promise<RulesFile> {
  const collector = new Collector();
  await readRules(text, options, collector);
  return collector.file(options);
}
/** The same without keeping anything: `receiver` has each line as it is read, also those before one that is wrong. */
export async function readRules(
  text: string,
  options: ParseRulesAsyncOptions,
  receiver: RulesReceiver,
): Promise<void> {
  const lines = new Lines(text, options, receiver),
    slices = new Slices("parse", options.signal);
  while (lines.next()) if (slices.due()) await slices.pause();
}

const NOBODY: RulesReceiver = { begin() {}, command() {}, append() {}, commit() {} };

/** The lines of a text. After a wrong one the others are still read, for what is wrong in them, but go to nobody. */
class Lines {
  readonly #reader: RulesReader;
  readonly #mistakes = new Mistakes();
  constructor(text: string, options: ParseRulesOptions, receiver: RulesReceiver) {
    this.#reader = new RulesReader(text, options, receiver);
  }
  /** Reads one line; false at the end, where it throws what was wrong. */
  next(): boolean {
    try {
      if (this.#reader.next()) return true;
    } catch (error) {
      this.#goOnAfter(error);
      return true;
    }
    try {
      this.#reader.end();
    } catch (error) {
      this.#goOnAfter(error);
    }
    this.#mistakes.end();
    return false;
  }
  #goOnAfter(error: unknown): void {
    this.#mistakes.take(error);
    this.#reader.receiver = NOBODY;
  }
}

interface Run {
  readonly chain: string;
  readonly rules: Rule[];
  readonly lines: number[];
  readonly line: number;
}
/** Gathers what a file says; -A lines in a row to one chain become one command. */
class Collector implements RulesReceiver {
  readonly #tables: TableSection[] = [];
  #table: TableName = "filter";
  #line = 0;
  #commands: Command[] = [];
  #run: Run | undefined;

  begin(table: TableName, line: number): void {
    this.#table = table;
    this.#line = line;
    this.#commands = [];
  }
  command(command: Command): void {
    this.#endRun();
    this.#commands.push(command);
  }
  append(chain: string, rule: Rule, line: number): void {
    if (this.#run?.chain !== chain) {
      this.#endRun();
      this.#run = { chain, rules: [], lines: [], line };
    }
    this.#run!.rules.push(rule);
    this.#run!.lines.push(line);
  }
  commit(): void {
    this.#endRun();
    this.#tables.push({ table: this.#table, line: this.#line, commands: this.#commands });
  }
  file({ family = "ipv4" }: ParseRulesOptions): RulesFile {
    return Object.freeze({ family, tables: Object.freeze(this.#tables) });
  }
  #endRun(): void {
    if (this.#run) this.#commands.push({ command: "append", ...this.#run });
    this.#run = undefined;
  }
}
