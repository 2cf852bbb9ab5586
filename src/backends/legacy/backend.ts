import { RampartError } from "../../errors.js";
import { type Family, isTableName, type TableName } from "../../model/family.js";
import type { Names } from "../../model/names.js";
import { throwIfAborted } from "../../model/slices.js";
import { emptyTable, type Table } from "../../model/table.js";
import { isFailure } from "../../native/failure.js";
import { datagramTransport, FAMILY_NUMBER, legacyAddon, type Namespace } from "../../native.js";
import { NETLINK } from "../../netlink/wire.js";
import type { Backend, WaitOptions } from "../backend.js";
import { contextOf } from "../context.js";
import { type Need, objectCheck } from "../kernel-objects.js";
import { rehearsalOn, rehearsing } from "../rehearsal.js";
import { sameRuleFor } from "../same-rule.js";
import { readSetNumbers, type SetNumbers, SetsNeeded, setsNotRead } from "../set-numbers.js";
import type { Trace } from "../spots.js";
import { encodeTable } from "./encode.js";
import { systemError } from "./failure.js";
import { Image, tableOf } from "./image.js";
import { defaultLockPath, takeLock } from "./lock.js";
import { PatchStream } from "./patch-stream.js";
import { pollTables } from "./poll.js";
import { LegacyReplacement } from "./replacement.js";

export interface LegacyOptions {
  readonly names: Names;
  /** Undefined: the namespace of this process. Closed with the backend. */
  readonly namespace?: Namespace | undefined;
  readonly lockPath?: string | undefined;
}
/** The token of a table that nobody has used yet in this namespace. */
const ABSENT = Symbol("absent");

/** The xtables tables of one network namespace, through libiptc. */
export function legacyBackend({ names, namespace, lockPath = defaultLockPath() }: LegacyOptions): Backend {
  const unlocked = unlockedBackend({ names, namespace, lockPath });
  const rehearsal = rehearsalOn({
    namespace,
    real: unlocked,
    open: (stage) => unlockedBackend({ names, namespace: stage }),
  });
  async function locked<T>(options: WaitOptions, work: () => Promise<T>): Promise<T> {
    const lock = await takeLock(lockPath, options);
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
  const held = rehearsing(unlocked, rehearsal);
  // Which rule was at fault is found out when the lock is free again.
  return rehearsing(
    {
      ...unlocked,
      write: (tables, options = {}) => locked(options, () => unlocked.write(tables, options)),
      replace: (family, fill, options = {}) => locked(options, () => unlocked.replace(family, fill, options)),
      exclusive: (work, options = {}) => (options.held ? work(held) : locked(options, () => work(held))),
    },
    rehearsal,
  );
}

function unlockedBackend({ names, namespace, lockPath }: LegacyOptions): Backend {
  const addon = legacyAddon(),
    send = datagramTransport(NETLINK.netfilter, namespace);

  async function readImage(family: Family, name: TableName): Promise<Image | undefined> {
    try {
      const bytes = await addon.readTable(FAMILY_NUMBER[family], name, namespace);
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

  /** Encodes; again, knowing the sets of the namespace, where rules turn out to name some. */
  async function withSets<T>(encode: (sets: SetNumbers) => Promise<T>): Promise<T> {
    try {
      return await encode(setsNotRead);
    } catch (error) {
      if (!(error instanceof SetsNeeded)) throw error;
      return encode(await readSetNumbers(namespace));
    }
  }
  const streamTo = (family: Family, table: TableName): PatchStream =>
    new PatchStream(addon, family, table, namespace);

  /** The caller holds the lock from here on. */
  const begin = (table: Table, signal: AbortSignal | undefined): Promise<Begun> =>
    withSets(async (sets) => {
      const { family, name } = table,
        stream = streamTo(family, name),
        objects = objectCheck(send, family),
        push = (chunk: Uint8Array): void => stream.push(chunk);
      try {
        const encode = (need: Need, to?: typeof push): Promise<Trace> =>
          encodeTable(table, { names, sets, need, signal, ...(to && { push: to }) });
        const trace = await encode(objects.note, push);
        await objects.verify(encode);
        return { family, name, stream, trace };
      } catch (error) {
        await stream.drop();
        throw error;
      }
    });
  /** One after the other. Whatever happens, no stream is left open. */
  async function commitAll(begun: readonly Begun[], signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted("write", signal);
    for (const { family, name, stream, trace } of begun)
      try {
        await stream.commit();
      } catch (error) {
        const spot = isFailure(error) ? trace(error.index) : { family, table: name };
        throw systemError(error, { operation: `writing the ${family} table ${name}`, spot });
      }
  }
  const dropAll = (begun: readonly Begun[]): Promise<unknown> =>
    Promise.all(begun.map(({ stream }) => stream.drop()));

  const unlocked: Backend = {
    name: "legacy",
    async tables(family) {
      try {
        return (await addon.tableNames(FAMILY_NUMBER[family], namespace)).split("\n").filter(isTableName);
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
      const begun: Begun[] = [];
      try {
        for (const table of tables) begun.push(await begin(table, signal));
        for (const table of tables) if (table.origin?.token === ABSENT) await stillEmpty(table);
        await commitAll(begun, signal);
      } finally {
        await dropAll(begun);
      }
    },
    async check(tables, { signal } = {}) {
      for (const table of tables)
        await withSets(async (sets) => {
          const objects = objectCheck(send, table.family),
            encode = (need: Need): Promise<Trace> => encodeTable(table, { names, sets, need, signal });
          await encode(objects.note);
          await objects.verify(encode);
        });
    },
    async replace(family, fill, { signal } = {}) {
      const objects = objectCheck(send, family),
        context = contextOf(family, names, setsNotRead, objects.note),
        replacements: LegacyReplacement[] = [],
        begun: Begun[] = [];
      try {
        await fill((name) => {
          const stream = streamTo(family, name),
            replacement = new LegacyReplacement(name, context, (chunk) => stream.push(chunk));
          begun.push({ family, name, stream, trace: () => ({ family, table: name }) });
          replacements.push(replacement);
          return replacement;
        });
        for (const replacement of replacements) replacement.end();
        await objects.verify();
        await commitAll(begun, signal);
      } finally {
        await dropAll(begun);
      }
    },
    watch: (family, options) => pollTables((name) => unlocked.read(family, name), options),
    rehearse: (tables, options) => unlocked.check(tables, options),
    exclusive: (work) => work(unlocked),
    restorePoint: async (tables) => ({
      tables: [...new Set(tables.map(({ name }) => name))],
      ...(lockPath !== undefined && { lockPath }),
    }),
    close: () => namespace?.close(),
  };

  /** A table that was absent has no digest to compare; it must be absent still, or as empty as a fresh one. */
  async function stillEmpty({ family, name }: Table): Promise<void> {
    const image = await readImage(family, name);
    const fresh = !image?.chains.some(
      (chain) => !chain.builtIn || chain.policy !== "ACCEPT" || chain.slots.length > 0,
    );
    if (!fresh) throw new RampartError("conflict", { family, table: name });
  }

  return unlocked;
}

/** A patch on its way, and what it is for. */
interface Begun {
  readonly family: Family;
  readonly name: TableName;
  readonly stream: PatchStream;
  readonly trace: Trace;
}
