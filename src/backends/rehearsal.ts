import { isRampartError, RampartError, type Spot } from "../errors.js";
import { FAMILIES } from "../model/family.js";
import { Slices } from "../model/slices.js";
import type { Table } from "../model/table.js";
import { type Namespace, netlinkAddon, netlinkTransport } from "../native.js";
import { NETLINK } from "../netlink/wire.js";
import type { Backend, WaitOptions } from "./backend.js";
import { faultyOne, ruleCount, spotOfRule, withRules } from "./fault.js";
import { furnish } from "./furnish.js";
import { systemError } from "./legacy/failure.js";

export interface Rehearsal {
  /** Loads the tables where nobody sees it; throws what the kernel refuses, with the rule at fault. */
  rehearse(tables: readonly Table[], options?: WaitOptions): Promise<void>;
  /** The error that a write of the tables ended with, with the rule at fault where that can be found out. */
  accuse(error: unknown, tables: readonly Table[], options?: WaitOptions): Promise<unknown>;
}
export interface Ground {
  /** Where the tables are meant for. */
  readonly namespace: Namespace | undefined;
  /** The tables there. */
  readonly real: Backend;
  /** The tables of another one, without a lock: nobody else can know it. */
  readonly open: (namespace: Namespace) => Backend;
}
/** The backend with a rehearsal, and with writes that say which rule was refused. */
export function rehearsing(backend: Backend, { rehearse, accuse }: Rehearsal): Backend {
  return {
    ...backend,
    rehearse,
    write: (tables, options) =>
      backend.write(tables, options).catch(async (error: unknown) => {
        throw await accuse(error, tables, options);
      }),
  };
}
interface Refusal {
  readonly error: unknown;
  readonly table: Table;
}

/**
 * Real loads, in a network namespace that is made for one and thrown away. What other programs have in the tables cannot be
 * made anew there; then nothing is said.
 */
export function rehearsalOn({ namespace, real, open }: Ground): Rehearsal {
  async function onStage<T>(work: (stage: Backend, made: Namespace) => Promise<T>): Promise<T> {
    let made: Namespace;
    try {
      made = await netlinkAddon().newNamespace();
    } catch (error) {
      throw systemError(error, { operation: "making a network namespace to try the rules in" });
    }
    try {
      return await work(open(made), made);
    } finally {
      made.close();
    }
  }
  const transportTo = (where: Namespace | undefined) => netlinkTransport(NETLINK.netfilter, where);

  /** In the real namespace the rules would find sets and the like; rates are estimated by rules of other tables. */
  async function equip(stage: Backend, made: Namespace, tables: readonly Table[]): Promise<void> {
    await furnish(transportTo(made), transportTo(namespace));
    const written = new Set(tables.map(({ family, name }) => `${family} ${name}`));
    for (const family of FAMILIES)
      for (const name of await real.tables(family)) {
        if (written.has(`${family} ${name}`)) continue;
        const table = await real.read(family, name);
        if (await measuresRates(table)) await stage.write([table.detached()]);
      }
  }

  async function rehearse(tables: readonly Table[], options: WaitOptions = {}): Promise<void> {
    await onStage(async (stage, made) => {
      if (!(await refusalOf(stage, tables, options))) return;
      // Only now, as asking for such objects makes some kernels load modules that nobody needs.
      await equip(stage, made, tables);
      const refusal = await refusalOf(stage, tables, options);
      if (refusal && !isRampartError(refusal.error, "foreign")) throw await named(stage, refusal, options);
    });
  }
  return {
    rehearse,
    async accuse(error, tables, options) {
      if (!isRampartError(error, "kernel") || error.context.applied || hasRule(error.context)) return error;
      const found = await rehearse(tables, options).catch((reason: unknown) => reason);
      // Where nothing can be tried, or all is well elsewhere, the error stays as it was.
      if (!isRampartError(found, "kernel") || !hasRule(found.context)) return error;
      const { table, chain, ruleNumber } = found.context,
        spot = { ...(table && { table }), ...(chain && { chain }), ...(ruleNumber && { ruleNumber }) };
      return new RampartError("kernel", { ...error.context, ...spot }, { cause: error });
    },
  };
}
async function measuresRates(table: Table): Promise<boolean> {
  const slices = new Slices("looking for estimators of rates");
  for (const chain of table.chains)
    for (const { jump } of table.rules(chain)) {
      if (typeof jump === "object" && jump.name === "RATEEST") return true;
      if (slices.due()) await slices.pause();
    }
  return false;
}
const hasRule = ({ ruleNumber }: Spot): boolean => ruleNumber !== undefined;

async function refusalOf(
  stage: Backend,
  tables: readonly Table[],
  options: WaitOptions,
): Promise<Refusal | undefined> {
  for (const table of tables)
    try {
      await stage.write([table.detached()], options);
    } catch (error) {
      if (!isRampartError(error) || error.code === "aborted") throw error;
      return { error, table };
    }
  return undefined;
}

/** The kernel says only that something in the table is wrong; by trying parts of it the rule is found. */
async function named(stage: Backend, { error, table }: Refusal, options: WaitOptions): Promise<unknown> {
  if (!isRampartError(error, "kernel") || hasRule(error.context)) return error;
  const number = await faultyOne(
    ruleCount(table),
    async (from, to) => (await refusalOf(stage, [withRules(table, from, to)], options)) !== undefined,
  );
  const spot = number === undefined ? undefined : spotOfRule(table, number);
  return spot ? new RampartError("kernel", { ...error.context, ...spot }, { cause: error }) : error;
}
