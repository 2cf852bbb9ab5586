import { type Counters, ZERO_COUNTERS } from "../model/counters.js";
import type { Policy, TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import type { Command } from "./commands.js";
import { type ParseRulesAsyncOptions, type RulesReceiver, readRules } from "./rules-file.js";

/** Where the chains and rules of one table go. */
export interface TableReceiver {
  chain(name: string, policy: Policy | undefined, counters: Counters): void;
  rule(chain: string, rule: Rule): void;
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
  return readRules(text, options, new Forwarder(begin));
}

class Forwarder implements RulesReceiver {
  readonly #begin: (table: TableName) => TableReceiver;
  #table: TableReceiver | undefined;
  constructor(begin: (table: TableName) => TableReceiver) {
    this.#begin = begin;
  }
  begin(table: TableName): void {
    this.#table = this.#begin(table);
  }
  command(command: Command): void {
    if (command.command !== "chain") throw new NotPlain(command.command);
    this.#table!.chain(command.chain, command.policy, command.counters ?? ZERO_COUNTERS);
  }
  append(chain: string, rule: Rule): void {
    this.#table!.rule(chain, rule);
  }
  commit(): void {
    this.#table = undefined;
  }
}
