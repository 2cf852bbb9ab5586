import type { Changing, RuleSeries } from "../extensions/series.js";
import type { Counters } from "../model/counters.js";
import type { Family, Policy, TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import type { Unlisted } from "../model/rule-list.js";
import type { Table } from "../model/table.js";

export interface WaitOptions {
  /** Gives up waiting, or stops before the commit; what is committed stays committed. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for others who hold the lock; 0 tries once. Default 5,000. */
  readonly timeout?: number | undefined;
}

export interface ExclusiveOptions extends WaitOptions {
  /** The caller holds the same lock already, by another backend: of the other family. Default false. */
  readonly held?: boolean | undefined;
}

/**
 * A table that is written from nothing, rule by rule, and keeps no rule: for long rules files. It replaces what is there.
 * Both methods refuse what no kernel could hold.
 */
export interface Replacement {
  /** A built-in chain, or a new one. A policy that is left out stays what it is. */
  chain(name: string, policy: Policy | undefined, counters: Counters): void;
  /** At the end of a chain that is built in or was named before. */
  rule(chain: string, rule: Rule): void;
  /** The same, for a rule that will come again with other values. Only where rules become bytes. */
  series?(chain: string, rule: Rule, changing: Changing): RuleSeries;
}

export type Fill = (begin: (table: TableName) => Replacement) => Promise<void>;

/** What a guard needs to put tables back as they are now, without anybody's help. */
export interface RestorePoint {
  /** xtables tables that the guard reads for itself, before the caller gives the lock away. */
  readonly tables: readonly TableName[];
  /** The lock that guards them. */
  readonly lockPath?: string;
  /** A batch of nf_tables that makes the tables what they are now, whatever has become of them. */
  readonly batch?: Uint8Array;
  /** For where the kernel refuses that one: it makes the tables anew, and with them goes what others have in them. */
  readonly fallback?: Uint8Array;
  /** The generation of nf_tables for which the batch was made. */
  readonly generation?: number;
}
/** Who changed something: the thread's number, as seen from outside of all containers, and the program's name. */
export interface Committer {
  readonly pid: number;
  readonly name: string;
}
/** Some tables as they were read at one time. */
export interface Sighting {
  readonly tables: readonly Table[];
  /** Who changed them since the last sighting, as far as that is known. */
  readonly by: readonly Committer[];
  /** Of nf_tables' rule set. */
  readonly generation?: number;
}
export interface SightingOptions {
  readonly signal: AbortSignal;
  /** Milliseconds between two looks, where the kernel does not tell. */
  readonly interval: number;
}

/** How tables reach a kernel, or something that stands for one. */
export interface Backend {
  readonly name: "legacy" | "nft" | "memory";
  /** The tables that exist already, in the kernel's order. Asking does not create any. */
  tables(family: Family): Promise<TableName[]>;
  /** The table as it is now, its origin set. An absent one reads as its empty default, and stays absent. */
  read(family: Family, name: TableName): Promise<Table>;
  /**
   * The same without its rules, where reading them takes long: a table that can be added to. Whoever looks at a rule throws
   * `RulesNotListed`, and it is noted in `rules`.
   */
  readUnlisted?(
    family: Family,
    name: TableName,
  ): Promise<{ readonly table: Table; readonly rules: Unlisted }>;
  /**
   * Each table atomically; all of them are encoded before the first is touched. A table with an origin is written only
   * if nobody has changed it since (`conflict`); one without replaces what is there.
   */
  write(tables: readonly Table[], options?: WaitOptions): Promise<void>;
  /** Everything that `write` does before it touches the kernel: refuses what no kernel could hold. */
  check(tables: readonly Table[], options?: WaitOptions): Promise<void>;
  /**
   * Has the kernel itself try the tables, where or so that nothing comes of it, and throws what it refuses, with the rule
   * at fault. Takes the right to make a network namespace (CAP_SYS_ADMIN) on the legacy backend.
   */
  rehearse(tables: readonly Table[], options?: WaitOptions): Promise<void>;
  /**
   * Replaces tables by what `fill` begins and fills, each atomically and in this order. Nothing reaches the kernel before
   * `fill` is done; if it throws, nothing does.
   */
  replace(family: Family, fill: Fill, options?: WaitOptions): Promise<void>;
  /** All five tables, then those that may have changed, each time that some may have. Ends with the signal. */
  watch(family: Family, options: SightingOptions): AsyncGenerator<Sighting>;
  /** Runs `work` while no other user of the lock can write; the backend it is given does not lock again. */
  exclusive<T>(work: (backend: Backend) => Promise<T>, options?: ExclusiveOptions): Promise<T>;
  /** The way back from a write of these tables, to be asked for before it. Throws `guard` where there is none. */
  restorePoint(tables: readonly Table[]): Promise<RestorePoint>;
  close(): void;
}
