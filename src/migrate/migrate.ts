import { openNamespace } from "../backends/namespace.js";
import { deleteEmptyTables } from "../backends/nft/delete-tables.js";
import { fail, isRampartError, RampartError } from "../errors.js";
import { type Firewall, open } from "../firewall.js";
import { FAMILIES, type Family, type TableName } from "../model/family.js";
import type { Table } from "../model/table.js";
import { systemNames } from "../persistence/names.js";
import { begin, type Carried, carriedTables, emptied, holds, sameRules, textOf, verify } from "./carrying.js";

export interface MigrateOptions {
  /** From iptables-legacy's tables to iptables-nft's is the only way. */
  readonly to: "nft";
  /** Default: both. */
  readonly families?: readonly Family[];
  /** Ask the kernel whether it would take all of it, and change nothing. Default false. */
  readonly dryRun?: boolean;
  /** A network namespace: a path, the name of one made with `ip netns add`, or `pid:N`. Default: this process's own. */
  readonly netns?: string;
  /** Default: `XTABLES_LOCKFILE`, or /run/xtables.lock. */
  readonly lockPath?: string;
}
export interface MigratedTable {
  readonly family: Family;
  readonly table: TableName;
  readonly rules: number;
  /** The user's chains. */
  readonly chains: number;
  /** The very same rules were there already: what was left to do was to empty the legacy table. */
  readonly wasThere: boolean;
}
export interface Migration {
  readonly dryRun: boolean;
  /** What was carried, or would be. Empty where the legacy tables hold nothing. */
  readonly tables: readonly MigratedTable[];
}

/**
 * Carries all legacy tables over into those of iptables-nft, with their counters: all tables of a family in one
 * transaction, of which the kernel is asked first whether it takes them. They are read back and compared, and only then the
 * legacy ones are emptied; in between packets pass both, which say the same. A failure undoes what was done until then.
 *
 * @throws `migration` where a table of iptables-nft holds other rules, or what was written does not read back; `opaque` for
 * a rule that has no text; `conflict` where somebody else writes meanwhile; what `open` and `write` throw
 * @example await migrate({ to: "nft", dryRun: true });
 */
export async function migrate(options: MigrateOptions): Promise<Migration> {
  const { to, families = FAMILIES, dryRun = false, netns, lockPath } = options;
  if (to !== "nft") fail(`there is no migration to "${to}": it goes to nft`);
  const names = await systemNames(),
    opened: Firewall[] = [];
  const openOne = async (family: Family, backend: "legacy" | "nft") => {
    const where = { ...(netns !== undefined && { netns }), ...(lockPath !== undefined && { lockPath }) };
    // Nobody is cut off who was not before.
    const firewall = await open({ family, backend, names, protect: false, ...where });
    opened.push(firewall);
    return firewall;
  };
  try {
    const all: Carried[] = [];
    for (const family of families) {
      const carried = await begin(
        family,
        await openOne(family, "legacy"),
        await openOne(family, "nft"),
        names,
      );
      if (carried.tables.length > 0) all.push(carried);
    }
    // Nothing is written before the kernel would take all of it.
    for (const carried of all) await carried.to.write(await carriedTables(carried), { dryRun: true });
    if (!dryRun) await carryAll(all, netns);
    return { dryRun, tables: all.flatMap(summary) };
  } finally {
    for (const firewall of opened) firewall.close();
  }
}

async function carryAll(all: readonly Carried[], netns: string | undefined): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const carried of all) {
      const next = await carriedTables(carried),
        existed = await carried.to.tables();
      await carried.to.write(next);
      undo.push(() => takeBack(carried, next, existed, netns));
      await verify(carried);
    }
    for (const { from, tables, names } of all)
      for (const table of tables) {
        // Made from what was carried, so that it is refused if the table is another one by now.
        await from.write(emptied(table));
        undo.push(async () => from.restore(await textOf([table], names, true), { counters: true }));
      }
  } catch (error) {
    await takenBack(undo, error);
    throw error;
  }
}

async function takenBack(undo: readonly (() => Promise<void>)[], reason: unknown): Promise<void> {
  const left: string[] = [];
  for (const step of undo.toReversed())
    await step().catch((error: unknown) => {
      left.push(isRampartError(error) ? error.message : String(error));
    });
  if (left.length === 0) return;
  const problem = `${isRampartError(reason) ? reason.message : String(reason)}; what was done by then could not all be taken back, so that rules may be in both: ${left.join("; ")}`;
  throw new RampartError("migration", { problem }, { cause: reason });
}

/** Empties what was written, unless somebody else has changed it since, and deletes the tables that were not there. */
async function takeBack(
  { family, to, names }: Carried,
  written: readonly Table[],
  existed: readonly TableName[],
  netns: string | undefined,
): Promise<void> {
  const found: Table[] = [];
  for (const table of written) {
    const there = await to.read(table.name);
    if (!(await sameRules(there, table, names)))
      throw new RampartError("conflict", { family, table: table.name });
    found.push(there);
  }
  await to.write(found.map(emptied));
  const namespace = netns === undefined ? undefined : openNamespace(netns, "netlink");
  try {
    const made = written.map(({ name }) => name).filter((name) => !existed.includes(name));
    await deleteEmptyTables(family, made, namespace);
  } finally {
    namespace?.close();
  }
}

const summary = ({ family, tables, before }: Carried): MigratedTable[] =>
  tables.map((table) => ({
    family,
    table: table.name,
    rules: table.chains.reduce((sum, chain) => sum + table.rules(chain).length, 0),
    chains: table.chains.filter((chain) => !table.isBuiltIn(chain)).length,
    wasThere: holds(before.get(table.name)!),
  }));
