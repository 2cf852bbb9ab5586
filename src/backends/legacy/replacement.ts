import { RampartError } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import type { Changing, RuleSeries } from "../../extensions/series.js";
import type { Counters } from "../../model/counters.js";
import { BUILT_IN_CHAINS, type Policy, type TableName } from "../../model/family.js";
import type { Rule } from "../../model/rule.js";
import { chainBehind } from "../../model/rule-list.js";
import type { Replacement } from "../backend.js";
import { refuseBuiltIn } from "../spots.js";
import { PatchWriter } from "./patch.js";

/** Rules that become a patch as they come. */
export class LegacyReplacement implements Replacement {
  readonly #table: TableName;
  readonly #writer: PatchWriter;
  readonly #builtIn: readonly string[];
  readonly #made = new Set<string>();

  constructor(table: TableName, context: Context, push: (chunk: Uint8Array) => void) {
    this.#table = table;
    this.#builtIn = BUILT_IN_CHAINS[table];
    this.#writer = new PatchWriter(context, push);
    this.#writer.header(undefined);
    this.#writer.reset();
  }
  chain(name: string, policy: Policy | undefined, counters: Counters): void {
    if (this.#builtIn.includes(name)) {
      if (policy) this.#writer.policy(name, policy === "ACCEPT", counters);
      return;
    }
    if (this.#made.has(name)) throw new RampartError("chain-exists", { table: this.#table, chain: name });
    this.#made.add(name);
    this.#writer.create(name);
  }
  rule(chain: string, rule: Rule): void {
    refuseBuiltIn(this.#table, chainBehind(rule));
    if (!this.#writer.alike(chain, rule)) this.#writer.rule(chain, rule);
  }
  series(chain: string, rule: Rule, changing: Changing): RuleSeries {
    refuseBuiltIn(this.#table, chainBehind(rule));
    return this.#writer.series(chain, rule, changing);
  }
  /** Hands over what is left. */
  end(): void {
    this.#writer.end();
  }
}
