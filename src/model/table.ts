import type { Chain } from "./chain.js";
import { type Count, type Counters, ZERO_COUNTERS } from "./counters.js";
import { type Contents, Draft, type SameRule } from "./draft.js";
import { sameValue } from "./equal.js";
import { BUILT_IN_CHAINS, type Family, type Policy, type TableName } from "./family.js";
import type { Rule } from "./rule.js";
import { type RuleList, type RuleSource, Slots } from "./rule-list.js";

/** What a table was when it was read; a write is refused when the kernel holds something else by then. */
export interface Origin {
  readonly base: Table;
  /** The backend's own mark of that state. */
  readonly token: unknown;
}

export interface ChainJSON {
  readonly chain: string;
  readonly policy?: Policy;
  readonly packets: Count;
  readonly bytes: Count;
  readonly references: number;
  readonly rules: readonly Rule[];
}
export interface TableJSON {
  readonly family: Family;
  readonly table: TableName;
  readonly chains: readonly ChainJSON[];
}

/**
 * One table of one family: a value. An edit makes a new table and leaves this one as it is; nothing reaches the kernel
 * before `firewall.write`. Rule numbers count from 1, as iptables counts.
 *
 * @example
 * const next = filter.policy("INPUT", "DROP").append("INPUT", { inInterface: "lo", jump: "ACCEPT" });
 */
export class Table {
  readonly family: Family;
  readonly name: TableName;
  /** Set on a table that was read, and kept by every edit of it. */
  readonly origin: Origin | undefined;
  readonly #contents: Contents;
  /** Never edited: it answers questions. */
  readonly #view: Draft;

  /** For backends and parsers; others begin with `emptyTable` or `firewall.read`. */
  constructor(family: Family, contents: Contents, origin?: (table: Table) => Origin) {
    this.family = family;
    this.name = contents.name;
    this.#contents = contents;
    this.#view = new Draft(contents);
    this.origin = origin?.(this);
  }

  /** Built-in chains in hook order, then user chains in byte order, as iptables-save lists them. */
  get chains(): readonly string[] {
    const users = [...this.#contents.chains.keys()].filter((name) => !this.isBuiltIn(name));
    return [...BUILT_IN_CHAINS[this.name].filter((name) => this.has(name)), ...users.sort(byBytes)];
  }
  has(chain: string): boolean {
    return this.#contents.chains.has(chain);
  }
  isBuiltIn(chain: string): boolean {
    return this.#contents.chains.get(chain)?.builtIn ?? false;
  }
  /** Of a built-in chain; undefined for a user chain, and where a rules file leaves the policy as it is. */
  policyOf(chain: string): Policy | undefined {
    return this.chain(chain).policy;
  }
  /** What the policy of a built-in chain has counted. */
  countersOf(chain: string): Counters {
    return this.chain(chain).counters;
  }
  /** How many rules jump or go to the chain. */
  references(chain: string): number {
    return this.#view.references(chain);
  }
  rules(chain: string): RuleList {
    return this.#view.rules(chain);
  }
  /** The chain as it is stored; throws `no-such-chain`. */
  chain(name: string): Chain {
    return this.#view.chain(name);
  }
  get source(): RuleSource | undefined {
    return this.#contents.source;
  }

  /** The same table as one just read; for backends. */
  withOrigin(token: unknown, same: SameRule = this.#contents.same): Table {
    return new Table(this.family, { ...this.#contents, same }, (base) => ({ base, token }));
  }
  /** The same table as one made from nothing: a write of it replaces what is there. */
  detached(): Table {
    return new Table(this.family, this.#contents);
  }

  /** Many edits in one go. */
  edit(change: (draft: Draft) => void): Table {
    const draft = new Draft(this.#contents),
      { origin } = this;
    change(draft);
    return new Table(this.family, draft.contents(), origin && (() => origin));
  }
  append(chain: string, ...rules: readonly Rule[]): Table {
    return this.edit((draft) => draft.append(chain, rules));
  }
  /** Before rule `number`; one past the last rule appends. Throws `rule-number`. */
  insert(chain: string, number: number, ...rules: readonly Rule[]): Table {
    return this.edit((draft) => draft.insert(chain, number, rules));
  }
  replace(chain: string, number: number, rule: Rule): Table {
    return this.edit((draft) => draft.replace(chain, number, rule));
  }
  /** By number, or the first rule that is the same, counters aside. Throws `rule-number` or `no-such-rule`. */
  delete(chain: string, rule: number | Rule): Table {
    return this.edit((draft) => draft.delete(chain, rule));
  }
  /** Whether the chain holds the rule, counters aside. */
  check(chain: string, rule: Rule): boolean {
    return this.find(chain, rule) > 0;
  }
  /** The number of the first such rule, 0 if there is none. */
  find(chain: string, rule: Rule): number {
    return this.#view.find(chain, rule);
  }
  /** Deletes all rules of one chain, or of all. */
  flush(chain?: string): Table {
    return this.edit((draft) => draft.flush(chain));
  }
  /** Sets counters to zero: of one rule, of one chain, or of all. */
  zero(chain?: string, number?: number): Table {
    return this.edit((draft) => draft.zero(chain, number));
  }
  newChain(name: string): Table {
    return this.edit((draft) => draft.newChain(name));
  }
  /** Rules that jump to the chain follow it. */
  renameChain(from: string, to: string): Table {
    return this.edit((draft) => draft.renameChain(from, to));
  }
  /** Deletes one empty, unused user chain, or all of them. */
  deleteChain(name?: string): Table {
    return this.edit((draft) => draft.deleteChain(name));
  }
  policy(chain: string, policy: Policy, counters?: Counters): Table {
    return this.edit((draft) => draft.policy(chain, policy, counters));
  }

  toJSON(): TableJSON {
    const chains = this.chains.map((chain) => {
      const policy = this.policyOf(chain);
      const head = {
        chain,
        ...(policy && { policy }),
        ...this.countersOf(chain),
        references: this.references(chain),
      };
      return { ...head, rules: this.rules(chain).toJSON() };
    });
    return { family: this.family, table: this.name, chains };
  }
}

const encoder = new TextEncoder();
/** strcmp's order, which is the kernel tools': by bytes, not by UTF-16 units. */
export function byBytes(a: string, b: string): number {
  const x = encoder.encode(a),
    y = encoder.encode(b),
    n = Math.min(x.length, y.length);
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

export interface EmptyOptions {
  /** `ACCEPT` as in a fresh kernel; undefined leaves whatever policies are there when the table is written. */
  readonly policy?: Policy | undefined;
  readonly same?: SameRule;
}
/** A table with its built-in chains and nothing in them. It has no origin: writing it replaces whatever is there. */
export function emptyTable(
  family: Family,
  name: TableName,
  { policy, same = sameRule }: EmptyOptions = { policy: "ACCEPT" },
): Table {
  const chains = BUILT_IN_CHAINS[name].map((chain): [string, Chain] => [
    chain,
    {
      name: chain,
      origin: chain,
      builtIn: true,
      counters: ZERO_COUNTERS,
      slots: Slots.none,
      ...(policy && { policy }),
    },
  ]);
  return new Table(family, { name, chains: new Map(chains), source: undefined, renames: new Map(), same });
}

/** Two rules whose values are canonical are the same when their fields are. */
export const sameRule: SameRule = (a, b) =>
  sameValue({ ...a, counters: undefined }, { ...b, counters: undefined });
