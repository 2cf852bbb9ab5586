import { isRampartError, RampartError } from "../errors.js";
import { type Chain, checkChainName } from "./chain.js";
import { checkCounters, checkRule } from "./check-rule.js";
import { type Counters, ZERO_COUNTERS } from "./counters.js";
import type { Policy, TableName } from "./family.js";
import { isVerdict, type Rule } from "./rule.js";
import {
  freezeRule,
  Recounted,
  RuleList,
  type RuleSource,
  retarget,
  type Slot,
  Slots,
  sourceIndex,
  targetChain,
} from "./rule-list.js";

/** Whether two rules are the same, counters aside. */
export type SameRule = (a: Rule, b: Rule) => boolean;

/** What a table is made of; a draft begins with one and ends with another. */
export interface Contents {
  readonly name: TableName;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly source: RuleSource | undefined;
  /** Chains renamed since the source was read: its rules still call them by their old names. */
  readonly renames: ReadonlyMap<string, string>;
  readonly same: SameRule;
}

/**
 * Many edits of one table at the cost of one copy. Every method checks, then edits; one that throws has changed nothing.
 *
 * @example table.edit((draft) => { draft.newChain("ban"); draft.append("ban", rules); })
 */
export class Draft {
  readonly name: TableName;
  readonly #source: RuleSource | undefined;
  readonly #same: SameRule;
  /** The contents' own map until the first edit. */
  #chains: ReadonlyMap<string, Chain>;
  #edited: Map<string, Chain> | undefined;
  readonly #renames: Map<string, string>;
  /** Counted when first asked for, forgotten when rules change. */
  #references: Map<string, number> | undefined;

  constructor(contents: Contents) {
    this.name = contents.name;
    this.#source = contents.source;
    this.#same = contents.same;
    this.#chains = contents.chains;
    this.#renames = new Map(contents.renames);
  }
  contents(): Contents {
    return {
      name: this.name,
      chains: this.#chains,
      source: this.#source,
      renames: this.#renames,
      same: this.#same,
    };
  }

  has(chain: string): boolean {
    return this.#chains.has(chain);
  }
  chain(name: string): Chain {
    const chain = this.#chains.get(name);
    if (!chain) throw new RampartError("no-such-chain", { table: this.name, chain: name });
    return chain;
  }
  rules(chain: string): RuleList {
    return new RuleList(this.chain(chain).slots, this.#source, this.#renames);
  }

  append(chain: string, rules: readonly Rule[]): void {
    const { slots } = this.chain(chain);
    this.#setSlots(chain, slots.append(this.#taken(chain, () => slots.length + 1, rules)));
  }
  /** `append` for rules that a parser made: they are sound and frozen, and long files are not looked at twice. */
  adopt(chain: string, rules: readonly Rule[]): void {
    this.#setSlots(chain, this.chain(chain).slots.append(rules));
  }
  /** Before rule `number` (from 1); one past the last rule appends. */
  insert(chain: string, number: number, rules: readonly Rule[]): void {
    const { slots } = this.chain(chain);
    this.#checkNumber(chain, number, slots.length + 1);
    const taken = this.#taken(chain, () => number, rules);
    this.#setSlots(chain, slots.splice(number - 1, 0, taken));
  }
  replace(chain: string, number: number, rule: Rule): void {
    const { slots } = this.chain(chain);
    this.#checkNumber(chain, number, slots.length);
    const taken = this.#taken(chain, () => number, [rule]);
    this.#setSlots(chain, slots.splice(number - 1, 1, taken));
  }
  /** By number, or the first rule that is the same. */
  delete(chain: string, rule: number | Rule): void {
    const { slots } = this.chain(chain);
    const number = typeof rule === "number" ? rule : this.find(chain, rule);
    if (typeof rule !== "number" && number === 0)
      throw new RampartError("no-such-rule", { table: this.name, chain });
    this.#checkNumber(chain, number, slots.length);
    this.#setSlots(chain, slots.splice(number - 1, 1, []));
  }
  /** The number of the first rule that is the same, counters aside; 0 if there is none. */
  find(chain: string, rule: Rule): number {
    const { slots } = this.chain(chain);
    this.#checkRule(chain, rule);
    const read = this.#source && this.#renames.size === 0 ? this.#source.finder(rule) : undefined;
    const list = this.rules(chain);
    for (let i = 0; i < slots.length; i++) {
      const index = sourceIndex(slots.at(i));
      if (index !== undefined && read ? read(index) : this.#same(list.at(i)!, rule)) return i + 1;
    }
    return 0;
  }

  /** Of the chain's rules only those from `from` to before `to`, counted from 0. */
  keep(chain: string, from: number, to: number): void {
    this.#setSlots(chain, this.chain(chain).slots.slice(from, to));
  }
  flush(chain?: string): void {
    for (const name of chain === undefined ? [...this.#chains.keys()] : [chain])
      this.#setSlots(name, Slots.none, this.chain(name));
  }
  /** Sets counters to zero: of one rule, of one chain with all its rules, or of all chains. */
  zero(chain?: string, number?: number): void {
    const nought = (slot: Slot): Slot => {
      const index = sourceIndex(slot);
      return index === undefined
        ? Object.freeze({ ...(slot as Rule), counters: ZERO_COUNTERS })
        : new Recounted(index, ZERO_COUNTERS);
    };
    if (chain !== undefined && number !== undefined) {
      const { slots } = this.chain(chain);
      this.#checkNumber(chain, number, slots.length);
      this.#put({ ...this.chain(chain), slots: slots.splice(number - 1, 1, [nought(slots.at(number - 1))]) });
      return;
    }
    for (const name of chain === undefined ? [...this.#chains.keys()] : [chain]) {
      const old = this.chain(name);
      this.#put({ ...old, counters: Object.freeze({ packets: 0, bytes: 0 }), slots: old.slots.map(nought) });
    }
  }

  newChain(name: string): void {
    this.#checkNew(name);
    this.#put({ name, builtIn: false, counters: ZERO_COUNTERS, slots: Slots.none });
  }
  /** Rules that jump to the chain follow it. */
  renameChain(from: string, to: string): void {
    const chain = this.chain(from);
    if (chain.builtIn) this.#refuseBuiltIn(from, "it cannot be renamed");
    this.#checkNew(to);
    this.#owned().delete(from);
    this.#put({ ...chain, name: to });
    if (chain.origin !== undefined) this.#renames.set(chain.origin, to);
    const follow = (slot: Slot): Slot =>
      sourceIndex(slot) === undefined && targetChain(slot as Rule) === from
        ? Object.freeze(retarget(slot as Rule, to))
        : slot;
    for (const other of this.#chains.values())
      if (this.#ownRules(other).some((rule) => targetChain(rule) === from))
        this.#put({ ...other, slots: other.slots.map(follow) });
    this.#references = undefined;
  }
  /** One empty chain that nothing jumps to, or every user chain: then all must be empty. */
  deleteChain(name?: string): void {
    const doomed =
      name === undefined ? [...this.#chains.values()].filter((c) => !c.builtIn) : [this.chain(name)];
    for (const chain of doomed) {
      if (chain.builtIn) this.#refuseBuiltIn(chain.name, "it cannot be deleted");
      if (chain.slots.length > 0)
        throw new RampartError("chain-not-empty", {
          table: this.name,
          chain: chain.name,
          rules: chain.slots.length,
        });
      const references = this.references(chain.name);
      if (references > 0)
        throw new RampartError("chain-in-use", { table: this.name, chain: chain.name, references });
    }
    for (const chain of doomed) this.#owned().delete(chain.name);
  }
  policy(chain: string, policy: Policy, counters?: Counters): void {
    const old = this.chain(chain);
    if (!old.builtIn || (policy !== "ACCEPT" && policy !== "DROP"))
      throw new RampartError("policy", { table: this.name, chain, policy });
    if (counters) checkCounters(counters);
    this.#put({ ...old, policy, counters: counters ? Object.freeze({ ...counters }) : old.counters });
  }

  /** How many rules jump or go to the chain. */
  references(chain: string): number {
    this.#references ??= this.#countReferences();
    return this.#references.get(this.chain(chain).name) ?? 0;
  }
  #countReferences(): Map<string, number> {
    const count = new Map<string, number>();
    for (const { slots } of this.#chains.values())
      for (let i = 0; i < slots.length; i++) {
        const slot = slots.at(i),
          index = sourceIndex(slot);
        const read = index === undefined ? targetChain(slot as Rule) : this.#source!.target(index);
        if (read === undefined || isVerdict(read)) continue;
        const name = index === undefined ? read : (this.#renames.get(read) ?? read);
        count.set(name, (count.get(name) ?? 0) + 1);
      }
    return count;
  }
  #ownRules({ slots }: Chain): Rule[] {
    const out: Rule[] = [];
    for (let i = 0; i < slots.length; i++) {
      const slot = slots.at(i);
      if (sourceIndex(slot) === undefined) out.push(slot as Rule);
    }
    return out;
  }
  /** The rules as the chain keeps them; the first of them will be rule `number()`, which is asked for errors alone. */
  #taken(chain: string, number: () => number, rules: readonly Rule[]): Rule[] {
    return rules.map((rule, i) => {
      this.#checkRule(chain, rule, () => number() + i);
      return freezeRule(rule);
    });
  }
  #checkRule(chain: string, rule: Rule, numberOf?: () => number): void {
    try {
      checkRule(rule);
    } catch (error) {
      if (!isRampartError(error, "invalid-value")) throw error;
      const spot = { table: this.name, chain, ...(numberOf && { ruleNumber: numberOf() }) };
      throw new RampartError("invalid-rule", { problem: error.context.problem, ...spot }, { cause: error });
    }
  }
  #owned(): Map<string, Chain> {
    if (!this.#edited) this.#chains = this.#edited = new Map(this.#chains);
    return this.#edited;
  }
  #setSlots(name: string, slots: Slots, chain = this.chain(name)): void {
    this.#put({ ...chain, slots });
    this.#references = undefined;
  }
  #put(chain: Chain): void {
    this.#owned().set(chain.name, Object.freeze(chain));
  }
  #checkNumber(chain: string, number: number, last: number): void {
    if (!Number.isInteger(number) || number < 1 || number > last)
      throw new RampartError("rule-number", {
        table: this.name,
        chain,
        number,
        length: this.chain(chain).slots.length,
      });
  }
  #checkNew(chain: string): void {
    checkChainName(chain);
    if (this.#chains.has(chain)) throw new RampartError("chain-exists", { table: this.name, chain });
  }
  #refuseBuiltIn(chain: string, problem: string): never {
    throw new RampartError("built-in-chain", { table: this.name, chain, problem });
  }
}
