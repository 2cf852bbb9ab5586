import type { TableName } from "./family.js";
import type { Table } from "./table.js";

export type Tables = { readonly [N in TableName]: Table };
/** What an edit gives back: the table or tables to write, or nothing where there is nothing to do. */
export type Edited = Table | readonly Table[] | undefined;
export type Edit<From> = (from: From) => Edited | Promise<Edited>;

export const listed = (edited: Edited): readonly Table[] =>
  edited === undefined ? [] : Array.isArray(edited) ? edited : [edited as Table];
