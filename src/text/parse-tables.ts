import type { SameRule } from "../model/draft.js";
import type { Family, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import { emptyTable, type Table } from "../model/table.js";
import { applySection } from "./apply.js";
import { placedInText } from "./rule-lines.js";
import { parseRulesAsync } from "./rules-file.js";

export interface ParseTablesOptions {
  /** Adds to what `present` gives. Default false: each section begins with nothing. */
  readonly noflush?: boolean;
  readonly counters?: boolean;
  /** Only this table of the text. */
  readonly table?: TableName;
  readonly profile?: ProfileName;
  readonly file?: string;
  readonly signal?: AbortSignal | undefined;
}
/** What the text is read for. */
export interface TextContext {
  readonly family: Family;
  readonly names: Names;
  readonly same: SameRule;
  readonly present: (name: TableName) => Table | undefined;
}
export interface TablesOfText {
  readonly tables: readonly Table[];
  /** The error of a kernel that refused a rule of these tables, with the rule's place in the text. */
  readonly placed: (error: unknown) => unknown;
}

/** The tables that a rules file makes of those that are there; of nothing, where it flushes. */
export async function parseTables(
  text: string,
  { family, names, same, present }: TextContext,
  { noflush = false, counters = false, table: only, file, signal, profile }: ParseTablesOptions,
): Promise<TablesOfText> {
  const { tables: sections } = await parseRulesAsync(text, {
    family,
    names,
    profile,
    counters,
    signal,
    ...(file !== undefined && { file }),
    ...(only && { table: only }),
    chains: (name) => (noflush ? (present(name)?.chains ?? []) : []),
  });
  const made = new Map<TableName, Table>(),
    out: Table[] = [];
  for (const section of sections) {
    const base = noflush ? (made.get(section.table) ?? present(section.table)) : undefined,
      nothing = emptyTable(family, section.table, { policy: undefined, same });
    const next = applySection(section, base ?? nothing, { noflush, file, text });
    if (!noflush) out.push(next);
    made.set(section.table, next);
  }
  const before = (name: TableName, chain: string): number => {
    const table = noflush ? present(name) : undefined;
    return table?.has(chain) ? table.rules(chain).length : 0;
  };
  return {
    tables: noflush ? [...made.values()] : out,
    placed: (error) => placedInText(error, { sections, text, file, before }),
  };
}
