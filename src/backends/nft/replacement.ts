import { RampartError } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import { ruleBytes } from "../../extensions/rule-bytes.js";
import type { Changing, RuleSeries } from "../../extensions/series.js";
import { wholeEntry } from "../../extensions/whole-entry.js";
import type { Counters } from "../../model/counters.js";
import { BUILT_IN_CHAINS, type Policy, type TableName } from "../../model/family.js";
import type { Rule } from "../../model/rule.js";
import { chainBehind } from "../../model/rule-list.js";
import { MessageWriter } from "../../netlink/writer.js";
import type { Replacement } from "../backend.js";
import { refuseBuiltIn } from "../spots.js";
import { FIRST } from "./batch.js";
import { beginSeries } from "./series.js";
import { TableWriter } from "./table-writer.js";

/** Rules that become messages as they come. What they replace is looked at when they are sent. */
export class NftReplacement implements Replacement {
  readonly family: Context["family"];
  readonly table: TableName;
  /** Its user chains, which are made before. */
  readonly chains = new Set<string>();
  readonly #context: Context;
  readonly #pieces: Uint8Array[] = [];
  readonly #writer = new MessageWriter(undefined, (piece) => this.#pieces.push(piece));
  readonly #out: TableWriter;
  readonly #builtIn: readonly string[];
  constructor(table: TableName, context: Context) {
    this.family = context.family;
    this.table = table;
    this.#context = context;
    this.#builtIn = BUILT_IN_CHAINS[table];
    this.#out = new TableWriter(this.family, table, this.#writer, FIRST);
  }
  /** Policies and rules, as messages. */
  get messages(): readonly Uint8Array[] {
    return [...this.#pieces, this.#writer.written()];
  }
  chain(name: string, policy: Policy | undefined, counters: Counters): void {
    if (this.#builtIn.includes(name)) {
      if (policy) this.#out.policy(name, policy, counters);
      return;
    }
    if (this.chains.has(name)) throw new RampartError("chain-exists", { table: this.table, chain: name });
    this.chains.add(name);
  }
  rule(chain: string, rule: Rule): void {
    refuseBuiltIn(this.table, chainBehind(rule));
    const bytes = ruleBytes(rule, this.#context);
    this.#out.rule(chain, bytes, bytes.chain);
  }
  series(chain: string, rule: Rule, changing: Changing): RuleSeries {
    const to = chainBehind(rule);
    refuseBuiltIn(this.table, to);
    return beginSeries(this.#out, { chain, to }, wholeEntry(rule, this.#context), changing);
  }
}
