import { type Counters, ZERO_COUNTERS } from "../model/counters.js";
import type { Policy, TableName } from "../model/family.js";
import { builtInNames } from "../model/names.js";
import type { Rule } from "../model/rule.js";
import type { AppendReader } from "./append-line.js";
import type { Command } from "./commands.js";
import { parseContext } from "./parse-context.js";
import { type ParseRulesAsyncOptions, type RulesReceiver, readRules } from "./rules-file.js";
import { type BeginSeries, SeriesReader } from "./series-reader.js";

/** Where the chains and rules of one table go. */
export interface TableReceiver {
  chain(name: string, policy: Policy | undefined, counters: Counters): void;
  rule(chain: string, rule: Rule): void;
  readonly series?: BeginSeries | undefined;
}

/** A file that says more than chains and rules must be taken as a whole. */
export class NotPlain extends Error {}

/**
 * Hands over the rules of a file as they are read, and keeps none. Throws `NotPlain` at any other command than `:CHAIN` and
 * `-A`, and `syntax` as every reader; what was handed over until then is to be dropped.
 */
export function replaceFrom(
  text: string,
  options: ParseRulesAsyncOptions,
  begin: (table: TableName) => TableReceiver,
): Promise<void> {
  return readRules(text, options, new Forwarder(text, options, begin));
}

class Forwarder implements RulesReceiver {
  readonly #text: string;
  readonly #options: ParseRulesAsyncOptions;
  readonly #begin: (table: TableName) => TableReceiver;
  #table: TableReceiver | undefined;
  #series: SeriesReader | undefined;
  constructor(text: string, options: ParseRulesAsyncOptions, begin: (table: TableName) => TableReceiver) {
    this.#text = text;
    this.#options = options;
    this.#begin = begin;
  }
  begin(name: TableName): void {
    const table = this.#begin(name),
      { family = "ipv4", names = builtInNames, profile, counters = false } = this.#options;
    this.#table = table;
    this.#series =
      table.series &&
      new SeriesReader(this.#text, parseContext(family, names, profile), counters, (chain, rule, changing) =>
        table.series!(chain, rule, changing),
      );
  }
  command(command: Command): void {
    if (command.command !== "chain") throw new NotPlain(command.command);
    this.#table!.chain(command.chain, command.policy, command.counters ?? ZERO_COUNTERS);
  }
  append(chain: string, rule: Rule): void {
    this.#table!.rule(chain, rule);
  }
  line(reader: AppendReader, from: number, to: number, counters: Counters | undefined): boolean {
    if (this.#series?.read(from, to, counters)) return true;
    const rule = reader.read(from, to, counters);
    if (!rule) return false;
    if (!this.#series?.begin(from, to, reader.chain, rule)) this.append(reader.chain, rule);
    return true;
  }
  commit(): void {
    this.#table = undefined;
  }
}
