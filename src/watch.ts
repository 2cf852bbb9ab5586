import type { Backend, Committer } from "./backends/backend.js";
import { type Difference, differences } from "./model/compare.js";
import { type Family, TABLE_NAMES, type TableName } from "./model/family.js";
import type { Table } from "./model/table.js";
import type { PrintRuleOptions } from "./text/print-rule.js";
import { textOf } from "./text/text-of.js";

export interface WatchOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** How often the legacy tables are looked at, in milliseconds. Default 1,000; less often where a look takes long. */
  readonly interval?: number;
  /** Default: all five. */
  readonly tables?: readonly TableName[];
}
/** A difference, and the rule as text where it can be written as text. */
export type TableDifference = Difference & { readonly text?: string };
export interface TableChange {
  readonly family: Family;
  readonly table: TableName;
  readonly differences: readonly TableDifference[];
  /** Who made the change, or the changes; empty where nobody tells: with legacy tables, and where messages were lost. */
  readonly by: readonly Committer[];
  /** nf_tables' number of the rule set after it. */
  readonly generation?: number;
  /** The table as it was seen last, and as it is now. */
  readonly before: Table;
  readonly after: Table;
}

/** What changes from the backend's first sighting on. Ends with the signal of the options, and with `closing`. */
export async function* watchChanges(
  backend: Backend,
  printing: PrintRuleOptions & { readonly family: Family },
  { interval = 1_000, tables = TABLE_NAMES, signal: given }: WatchOptions,
  closing: AbortSignal,
): AsyncGenerator<TableChange> {
  const { family } = printing,
    signal = given ? AbortSignal.any([given, closing]) : closing,
    known = new Map<TableName, Table>();
  const worded = (one: Difference): TableDifference => {
    if (one.kind !== "rule-added" && one.kind !== "rule-removed") return one;
    const text = textOf(one.rule, printing);
    return text === undefined ? one : { ...one, text: `-A ${one.chain} ${text}` };
  };
  try {
    for await (const { tables: seen, by, generation } of backend.watch(family, { signal, interval }))
      for (const after of seen) {
        const before = known.get(after.name);
        known.set(after.name, after);
        if (!before || !tables.includes(after.name)) continue;
        const found = (await differences(before, after, signal)).map(worded);
        if (found.length > 0)
          yield {
            family,
            table: after.name,
            differences: found,
            by,
            ...(generation !== undefined && { generation }),
            before,
            after,
          };
      }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
