import { setTimeout as sleep } from "node:timers/promises";
import { TABLE_NAMES, type TableName } from "../../model/family.js";
import type { Table } from "../../model/table.js";
import type { Sighting, SightingOptions } from "../backend.js";

/** Looking takes a tenth of the time at the most. */
const PAUSE_PER_LOOK = 9;

/**
 * The kernel tells nobody of a change to a legacy table, so they are looked at every `interval`: two readings are compared
 * by their digests, without a look at a single rule.
 */
export async function* pollTables(
  read: (table: TableName) => Promise<Table>,
  { signal, interval }: SightingOptions,
): AsyncGenerator<Sighting> {
  const known = new Map<TableName, unknown>();
  while (!signal.aborted) {
    const began = performance.now(),
      changed: Table[] = [];
    for (const name of TABLE_NAMES) {
      const table = await read(name),
        token = table.origin?.token;
      if (known.has(name) && sameToken(known.get(name), token)) continue;
      known.set(name, token);
      changed.push(table);
    }
    if (changed.length > 0) yield { tables: changed, by: [] };
    const pause = Math.max(interval, PAUSE_PER_LOOK * (performance.now() - began));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}
const sameToken = (a: unknown, b: unknown): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b;
