import { isRampartError, RampartError } from "../errors.js";
import type { Firewall } from "../firewall.js";
import { type Counters, isZero } from "../model/counters.js";
import type { Family, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Table } from "../model/table.js";
import { applySection } from "../text/apply.js";
import { printTables } from "../text/print-table.js";
import { parseRulesAsync } from "../text/rules-file.js";

/** Whether a table says anything: a rule, a chain of the user's, a policy other than ACCEPT. */
export const holds = (table: Table): boolean =>
  table.chains.some(
    (chain) => !table.isBuiltIn(chain) || table.policyOf(chain) === "DROP" || table.rules(chain).length > 0,
  );
/** The same table with nothing in it. */
export const emptied = (table: Table): Table =>
  table.edit((draft) => {
    draft.flush();
    draft.deleteChain();
    for (const chain of table.chains)
      if (table.isBuiltIn(chain)) draft.policy(chain, "ACCEPT", { packets: 0, bytes: 0 });
  });

/** The rules of one family on their way from one kind of tables to the other. */
export interface Carried {
  readonly family: Family;
  readonly from: Firewall;
  readonly to: Firewall;
  readonly names: Names;
  /** As they were read, and what was there before in the other place: empty, or the very same rules. */
  readonly tables: readonly Table[];
  readonly before: ReadonlyMap<TableName, Table>;
}

/**
 * Reads what is to be carried, and refuses what cannot be: a rule that has no text, and a table whose place is taken.
 *
 * @throws `opaque`, `migration`
 */
export async function begin(family: Family, from: Firewall, to: Firewall, names: Names): Promise<Carried> {
  const tables: Table[] = [],
    before = new Map<TableName, Table>();
  for (const name of await from.tables()) {
    const table = await from.read(name);
    if (!holds(table)) continue;
    const there = await to.read(name);
    if (holds(there) && !(await sameRules(there, table, names)))
      throw new RampartError("migration", {
        family,
        table: name,
        problem: `iptables-nft's table ${name} holds other rules than iptables-legacy's; empty one of them first, or bring them together by hand: rampart save -t ${name} --backend nft, and legacy`,
      });
    tables.push(table);
    before.set(name, there);
  }
  return { family, from, to, names, tables, before };
}

/** What the tables become in the other place: made from what is there, so that a write notices who else wrote. */
export async function carriedTables({ family, names, tables, before }: Carried): Promise<Table[]> {
  const missing = tables.filter(({ name }) => !holds(before.get(name)!)),
    text = await textOf(missing, names, true),
    { tables: sections } = await parseRulesAsync(text, {
      family,
      names,
      counters: true,
      file: "legacy tables",
    });
  return sections.map((section) =>
    applySection(section, before.get(section.table)!, { noflush: true, file: "legacy tables", text }),
  );
}

/** Refuses unless the other place holds the same rules by now; those that were written have counted as much or more. */
export async function verify({ family, to, names, tables, before }: Carried): Promise<void> {
  for (const table of tables) {
    const there = await to.read(table.name),
      counted = holds(before.get(table.name)!) || countedOn(table, there);
    if (!(await sameRules(there, table, names)) || !counted)
      throw new RampartError("migration", {
        family,
        table: table.name,
        problem: `table ${table.name} read back from nf_tables is not what was written there: somebody else changes it at this moment, or this is a bug in Rampart`,
      });
  }
}

function countedOn(was: Table, is: Table): boolean {
  const atLeast = (a: Counters | undefined, b: Counters | undefined): boolean =>
    a === undefined || isZero(a) || (b !== undefined && b.packets >= a.packets && b.bytes >= a.bytes);
  return was.chains.every((chain) => {
    const rules = is.rules(chain);
    return (
      atLeast(was.countersOf(chain), is.countersOf(chain)) &&
      [...was.rules(chain)].every((rule, i) => atLeast(rule.counters, rules.at(i)?.counters))
    );
  });
}
/** Whether what is there prints as the table does, counters aside. What has no text is something else. */
export async function sameRules(there: Table, table: Table, names: Names): Promise<boolean> {
  const rules = await rulesOf(table, names);
  try {
    return (await rulesOf(there, names)) === rules;
  } catch (error) {
    if (isRampartError(error, "opaque")) return false;
    throw error;
  }
}
const rulesOf = async (table: Table, names: Names): Promise<string> =>
  (await textOf([table], names, false)).replaceAll(/^#.*\n| \[\d+:\d+\]$/gm, "");
/** A rules file. */
export async function textOf(tables: readonly Table[], names: Names, counters: boolean): Promise<string> {
  let text = "";
  for await (const chunk of printTables(tables, { names, counters })) text += chunk;
  return text;
}
