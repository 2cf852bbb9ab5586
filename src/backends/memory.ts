import { RampartError } from "../errors.js";
import type { Family, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import { throwIfAborted } from "../model/slices.js";
import { emptyTable, type Table } from "../model/table.js";
import type { Backend } from "./backend.js";
import { encodeTable } from "./legacy/encode.js";

/**
 * Tables that live in this process: for tests of code that uses Rampart, and for trying an edit before it is real.
 * What no kernel could hold is refused as in a kernel; nothing is filtered.
 */
export function memoryBackend(names: Names): Backend {
  const tables = new Map<string, { readonly table: Table; readonly version: number }>();
  const key = (family: Family, name: TableName) => `${family} ${name}`;
  let queue: Promise<unknown> = Promise.resolve();

  const unlocked: Backend = {
    name: "memory",
    tables: async (family) =>
      [...tables.values()]
        .map(({ table }) => table)
        .filter((t) => t.family === family)
        .map((t) => t.name),
    async read(family, name) {
      const held = tables.get(key(family, name));
      return (held?.table ?? emptyTable(family, name)).withOrigin(held?.version ?? 0);
    },
    async check(next, { signal } = {}) {
      for (const table of next) await encodeTable(table, { names, signal, sets: anySet });
    },
    async write(next, { signal } = {}) {
      await unlocked.check(next, { signal });
      throwIfAborted("write", signal);
      for (const { origin, family, name } of next)
        if (origin && origin.token !== (tables.get(key(family, name))?.version ?? 0))
          throw new RampartError("conflict", { family, table: name });
      for (const table of next) {
        const at = key(table.family, table.name),
          old = tables.get(at);
        tables.set(at, { table: settle(table, old?.table), version: (old?.version ?? 0) + 1 });
      }
    },
    exclusive: (work) => work(unlocked),
    close() {},
  };
  return {
    ...unlocked,
    exclusive(work) {
      const turn = queue.then(() => work(unlocked));
      queue = turn.catch(() => {});
      return turn;
    },
  };
}

/** No kernel, no sets: any name will do. */
const anySet = { index: () => 0, name: (index: number) => `#${index}` };

/** A policy that a rule set leaves open stays what it was. */
const settle = (table: Table, old: Table | undefined): Table =>
  table.edit((draft) => {
    for (const chain of table.chains)
      if (table.isBuiltIn(chain) && !table.policyOf(chain))
        draft.policy(chain, old?.policyOf(chain) ?? "ACCEPT");
  });
