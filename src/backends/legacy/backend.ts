import { RampartError } from "../../errors.js";
import { type Family, isTableName, type TableName } from "../../model/family.js";
import type { Names } from "../../model/names.js";
import { throwIfAborted } from "../../model/slices.js";
import { emptyTable, type Table } from "../../model/table.js";
import { isFailure } from "../../native/failure.js";
import { legacyAddon, type Namespace, type Patch } from "../../native.js";
import type { Backend, Replacement, WaitOptions } from "../backend.js";
import { contextOf } from "../context.js";
import { sameRuleFor } from "../same-rule.js";
import { readSetNumbers, type SetNumbers, SetsNeeded, setsNotRead } from "../set-numbers.js";
import type { Trace } from "../spots.js";
import { encodeTable } from "./encode.js";
import { systemError } from "./failure.js";
import { Image, tableOf } from "./image.js";
import { defaultLockPath, takeLock } from "./lock.js";
import { LegacyReplacement } from "./replacement.js";

export interface LegacyOptions {
  readonly names: Names;
  /** Undefined: the namespace of this process. Closed with the backend. */
  readonly namespace?: Namespace | undefined;
  readonly lockPath?: string | undefined;
}
const NUMBER = { ipv4: 4, ipv6: 6 } as const;
/** The token of a table that nobody has used yet in this namespace. */
const ABSENT = Symbol("absent");

/** The xtables tables of one network namespace, through libiptc. */
export function legacyBackend({ names, namespace, lockPath = defaultLockPath() }: LegacyOptions): Backend {
  const addon = legacyAddon();

  async function readImage(family: Family, name: TableName): Promise<Image | undefined> {
    try {
      const bytes = await addon.readTable(NUMBER[family], name, namespace);
      if (!bytes) return undefined;
      const image = new Image(bytes, contextOf(family, names, setsNotRead));
      if (!image.uses("set") && !image.uses("SET")) return image;
      return new Image(bytes, contextOf(family, names, await readSetNumbers(namespace)));
    } catch (error) {
      throw systemError(error, {
        operation: `reading the ${family} table ${name}`,
        spot: { family, table: name },
      });
    }
  }

  async function encode(
    table: Table,
    signal: AbortSignal | undefined,
    sets: SetNumbers = setsNotRead,
  ): Promise<Encoded> {
    const patch = new addon.Patch();
    try {
      const trace = await encodeTable(table, { names, sets, signal, push: (chunk) => patch.push(chunk) });
      return { table, family: table.family, name: table.name, patch, trace };
    } catch (error) {
      if (!(error instanceof SetsNeeded)) throw error;
      return encode(table, signal, await readSetNumbers(namespace));
    }
  }

  async function commit({ family, name, patch, trace }: Committable): Promise<void> {
    try {
      await addon.commitTable(NUMBER[family], name, namespace, patch);
    } catch (error) {
      const spot = isFailure(error) ? trace(error.index) : { family, table: name };
      throw systemError(error, { operation: `writing the ${family} table ${name}`, spot });
    }
  }

  const unlocked: Backend = {
    name: "legacy",
    async tables(family) {
      try {
        return (await addon.tableNames(NUMBER[family], namespace)).split("\n").filter(isTableName);
      } catch (error) {
        throw systemError(error, { operation: `listing the ${family} tables`, spot: { family } });
      }
    },
    async read(family, name) {
      const image = await readImage(family, name);
      const same = sameRuleFor(family, names);
      if (!image) return emptyTable(family, name, { policy: "ACCEPT", same }).withOrigin(ABSENT);
      return tableOf(image, family, name, same);
    },
    async write(tables, { signal } = {}) {
      await commitAll(await encodeAll(tables, signal), signal);
    },
    async check(tables, { signal } = {}) {
      await encodeAll(tables, signal);
    },
    replacement: (family, table) =>
      new LegacyReplacement(table, contextOf(family, names, setsNotRead), new addon.Patch()),
    async replace(replacements, { signal } = {}) {
      const all = replacements.map(finished);
      throwIfAborted("write", signal);
      for (const one of all) await commit(one);
    },
    exclusive: (work) => work(unlocked),
    close: () => namespace?.close(),
  };

  async function encodeAll(tables: readonly Table[], signal: AbortSignal | undefined): Promise<Encoded[]> {
    const encoded: Encoded[] = [];
    for (const table of tables) encoded.push(await encode(table, signal));
    return encoded;
  }
  /** The caller holds the lock. */
  async function commitAll(encoded: readonly Encoded[], signal: AbortSignal | undefined): Promise<void> {
    for (const { table } of encoded) if (table.origin?.token === ABSENT) await stillEmpty(table);
    throwIfAborted("write", signal);
    for (const one of encoded) await commit(one);
  }
  /** A table that was absent has no digest to compare; it must be absent still, or as empty as a fresh one. */
  async function stillEmpty({ family, name }: Table): Promise<void> {
    const image = await readImage(family, name);
    const fresh = !image?.chains.some(
      (chain) => !chain.builtIn || chain.policy !== "ACCEPT" || chain.slots.length > 0,
    );
    if (!fresh) throw new RampartError("conflict", { family, table: name });
  }

  async function locked<T>(options: WaitOptions, work: () => Promise<T>): Promise<T> {
    const lock = await takeLock(lockPath, options);
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
  return {
    ...unlocked,
    async write(tables, options = {}) {
      const encoded = await encodeAll(tables, options.signal);
      await locked(options, () => commitAll(encoded, options.signal));
    },
    replace: (replacements, options = {}) => locked(options, () => unlocked.replace(replacements, options)),
    exclusive: (work, options = {}) => locked(options, () => work(unlocked)),
  };
}

/** A patch, and what it is for. */
interface Committable {
  readonly family: Family;
  readonly name: TableName;
  readonly patch: Patch;
  readonly trace: Trace;
}
interface Encoded extends Committable {
  readonly table: Table;
}

/** Only this backend's own replacements have a patch. */
function finished(replacement: Replacement): Committable {
  if (!(replacement instanceof LegacyReplacement))
    throw new TypeError("this replacement was begun by another backend");
  replacement.end();
  const { family, table: name, patch } = replacement;
  return { family, name, patch, trace: () => ({ family, table: name }) };
}
