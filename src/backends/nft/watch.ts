import { setTimeout as sleep } from "node:timers/promises";
import { type Family, TABLE_NAMES, type TableName } from "../../model/family.js";
import type { Table } from "../../model/table.js";
import type { Namespace } from "../../native.js";
import type { Committer, Sighting } from "../backend.js";
import { type Commit, commitsTo } from "./commits.js";
import { NftImage } from "./image.js";

/** How often tables are read again for one sighting, where others commit faster than we read. */
const ROUNDS = 5;
/** How long to wait for the message of a commit that a reading has seen already, in milliseconds. */
const PATIENCE = 200;

/** The tables as they are, then those that a commit has touched, each time as they are by then. */
export async function* watchTables(
  family: Family,
  namespace: Namespace | undefined,
  read: (table: TableName) => Promise<Table>,
  signal: AbortSignal,
): AsyncGenerator<Sighting> {
  const done = new AbortController();
  // First listen, then look: nothing can happen in between.
  const commits = await commitsTo(family, namespace, AbortSignal.any([signal, done.signal])),
    readAt = new Map<TableName, number>();
  try {
    yield { tables: await readAll(TABLE_NAMES), by: [] };
    let next = upcoming();
    for (let one = await next; !one.done; one = await next) {
      next = upcoming();
      const sighting = await see(one.value);
      if (sighting.tables.length > 0) yield sighting;
    }

    /** What a commit did, with those after it that the tables show already. */
    async function see(first: Commit): Promise<Sighting> {
      const seen = new Map<TableName, Table>(),
        by: Committer[] = [];
      let stale = note(first, by),
        last = first.generation;
      for (let round = 1; stale.size > 0; round++) {
        for (const table of await readAll(stale)) seen.set(table.name, table);
        stale = new Set();
        if (round === ROUNDS) break;
        const newest = Math.max(...readAt.values());
        while (last !== undefined && last < newest) {
          const more = await Promise.race([next, sleep(PATIENCE)]);
          if (!more || more.done) break;
          next = upcoming();
          for (const name of note(more.value, by)) stale.add(name);
          last = more.value.generation;
        }
      }
      return { tables: [...seen.values()], by, ...(last !== undefined && { generation: last }) };
    }
  } finally {
    // One more commit is being waited for already.
    done.abort();
    await commits.return(undefined);
  }

  /** Is waited for later, while tables are read: until then a failure is nobody's. */
  function upcoming(): Promise<IteratorResult<Commit>> {
    const next = commits.next();
    next.catch(() => {});
    return next;
  }
  async function readAll(tables: Iterable<TableName>): Promise<Table[]> {
    const all: Table[] = [];
    for (const name of tables) {
      const table = await read(name);
      readAt.set(name, generationOf(table));
      all.push(table);
    }
    return all;
  }
  /** The tables that were read before that commit. */
  function note({ tables, generation, by: committer }: Commit, by: Committer[]): Set<TableName> {
    const touched = tables.filter((name) => generation === undefined || (readAt.get(name) ?? 0) < generation);
    if (committer && tables.length > 0) by.push(committer);
    return new Set(touched);
  }
}
const generationOf = ({ origin }: Table): number =>
  origin?.token instanceof NftImage ? origin.token.generation : 0;
