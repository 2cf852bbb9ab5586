import { isRampartError, type RampartError } from "../errors.js";
import { type Edit, listed } from "../model/edit.js";
import type { Family, TableName } from "../model/family.js";
import type { Table } from "../model/table.js";
import type { Backend } from "./backend.js";

/**
 * Edits a table of which no rule was read. False, and nothing is done, where it takes the rules: the backend reads them at
 * once, the edit looks at some, or an error is to say which one it was.
 */
export async function editUnlisted(
  backend: Backend,
  family: Family,
  name: TableName,
  edit: Edit<Table>,
  commit: (tables: readonly Table[]) => Promise<void>,
): Promise<boolean> {
  if (!backend.readUnlisted) return false;
  const { table, rules } = await backend.readUnlisted(family, name);
  let next: readonly Table[];
  try {
    next = listed(await edit(table));
  } catch (error) {
    if (rules.looked) return false;
    throw error;
  }
  // The edit may have caught what it was told then.
  if (rules.looked) return false;
  try {
    await commit(next);
    return true;
  } catch (error) {
    const isRefused = isRampartError(error) && error.code !== "conflict" && !wasApplied(error);
    if (rules.looked || isRefused) return false;
    throw error;
  }
}
const wasApplied = ({ context }: RampartError): boolean => "applied" in context && context.applied === true;
