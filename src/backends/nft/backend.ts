import { setTimeout as sleep } from "node:timers/promises";
import { isRampartError, RampartError, type Spot } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import type { Family, TableName } from "../../model/family.js";
import type { Names } from "../../model/names.js";
import { throwIfAborted } from "../../model/slices.js";
import { emptyTable, type Table } from "../../model/table.js";
import { datagramTransport, type Namespace, type Transport } from "../../native.js";
import { attributesOf } from "../../netlink/replies.js";
import { NETLINK, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import type { Backend, WaitOptions } from "../backend.js";
import { contextOf } from "../context.js";
import { type Need, objectCheck } from "../kernel-objects.js";
import { type Rehearsal, rehearsalOn, rehearsing } from "../rehearsal.js";
import { sameRuleFor } from "../same-rule.js";
import { readSetNumbers, type SetNumbers, SetsNeeded, setsNotRead } from "../set-numbers.js";
import type { Trace } from "../spots.js";
import { type Batch, FIRST, type Mode, sendBatch } from "./batch.js";
import { dump, generationOf } from "./conversation.js";
import { encodeTable } from "./encode.js";
import { NftImage, tableOf } from "./image.js";
import { OwnTables } from "./own-tables.js";
import { readChains, readImage } from "./read.js";
import { NftReplacement } from "./replacement.js";
import { anewBatch, type BeforeWrite, backBatch } from "./restore-point.js";
import { TableWriter } from "./table-writer.js";
import { watchTables } from "./watch.js";
import { MESSAGE, TABLE } from "./wire.js";

export interface NftOptions {
  readonly names: Names;
  /** Undefined: the namespace of this process. Closed with the backend. */
  readonly namespace?: Namespace | undefined;
}
/** The order in which iptables-nft-save lists tables. */
const ORDER: readonly TableName[] = ["mangle", "security", "raw", "filter", "nat"];
const DEFAULT_TIMEOUT = 5_000;
/** Uneven, so that those who write at the same time do not march in step. */
const pauseBetween = (): number => 1 + Math.random() * 9;

/** The messages of one table. */
interface Encoded {
  readonly messages: readonly Uint8Array[];
  readonly trace: Trace;
  readonly nextSequence: number;
}
/** What is to become of one table, for the rules that the kernel holds now. */
interface Plan {
  /** Whether nothing of what the table held stays. */
  readonly replaces?: true;
  readonly generation: number;
  readonly family: Family;
  readonly table: TableName;
  /** `need` is told what the rules refer to. */
  encode(firstSequence: number, need: Need): Promise<Encoded>;
}

/** The tables of iptables-nft in one network namespace, over netlink. Several tables are one transaction. */
export function nftBackend(options: NftOptions): Backend {
  const { names, namespace } = options,
    plain = plainBackend(options);
  const onStage = rehearsalOn({
    namespace,
    real: plain,
    open: (stage) => plainBackend({ names, namespace: stage }),
  });
  const rehearse: Rehearsal["rehearse"] = async (tables, waiting) => {
    // First with everything that is there. But jumps are followed only by a commit.
    await plain.check(tables, waiting).catch(async (error: unknown) => {
      throw await onStage.accuse(error, tables, waiting);
    });
    await onStage.rehearse(tables, waiting).catch((error: unknown) => {
      // What a rule needs was there at the first try; the stage only lacks it.
      const lacking = isRampartError(error, "kernel") && error.context.errorName === "ENOENT";
      if (!lacking && !isRampartError(error, "no-such-object")) throw error;
    });
  };
  return rehearsing(plain, { ...onStage, rehearse });
}

function plainBackend({ names, namespace }: NftOptions): Backend {
  const send = datagramTransport(NETLINK.netfilter, namespace),
    transport: Transport = (request) => send([request]);
  const own = new OwnTables();
  let queue: Promise<unknown> = Promise.resolve();

  async function imageOf(family: Family, name: TableName): Promise<NftImage> {
    const contextFor = async (usesSets: boolean) =>
      contextOf(family, names, usesSets ? await readSetNumbers(namespace) : setsNotRead);
    return readImage(transport, name, contextFor, family);
  }

  /** Sends what `plan` makes of the rules as they are now; once more where somebody else was faster. */
  async function transact(
    operation: string,
    plans: () => Promise<readonly Plan[]>,
    mode: Mode,
    { signal, timeout = DEFAULT_TIMEOUT }: WaitOptions,
  ): Promise<void> {
    for (const begin = performance.now(); ; ) {
      throwIfAborted(operation, signal);
      const all = await plans(),
        [first] = all;
      if (!first) return;
      const { family, table, generation } = first;
      if (all.every((plan) => plan.generation === generation)) {
        const objects = objectCheck(send, family),
          batch = await batchOf(operation, all, first, objects.note);
        await objects.verify((refuse) => batchOf(operation, all, first, refuse));
        throwIfAborted(operation, signal);
        // Where nothing differs, nothing is sent; but the rules must still be those that it does not differ from.
        if (batch.messages.length === 0 && (await generationOf(transport)) === generation) return;
        if (batch.messages.length > 0 && (await sendBatch(send, batch, mode))) {
          if (mode === "commit") await note(generation, all);
          return;
        }
      }
      if (performance.now() - begin >= timeout) throw new RampartError("conflict", { family, table });
    }
  }
  async function note(generation: number, all: readonly Plan[]): Promise<void> {
    const replaced = all.filter((plan) => plan.replaces);
    if (replaced.length === 0 && own.isEmpty) return;
    // It is done; that nobody knows what came after it is no failure of it.
    own.committed(generation, await generationOf(transport).catch(() => -1), replaced);
  }
  async function batchOf(operation: string, all: readonly Plan[], first: Plan, need: Need): Promise<Batch> {
    const messages: Uint8Array[] = [],
      traces: { readonly from: number; readonly trace: Trace }[] = [],
      { family, table, generation } = first;
    let sequence = FIRST;
    for (const plan of all) {
      const encoded = await plan.encode(sequence, need);
      traces.push({ from: sequence, trace: encoded.trace });
      messages.push(...encoded.messages);
      sequence = encoded.nextSequence;
    }
    if (sequence > FIRST) {
      // The last message asks for an acknowledgement; this one changes nothing by then.
      const last = new MessageWriter();
      new TableWriter(family, table, last, sequence).newTable(NLM_F.ack);
      messages.push(last.take());
    }
    const spotOf = (number: number): Spot =>
      traces.findLast(({ from }) => from <= number)?.trace(number) ?? { family, table };
    return { operation, generation, messages: sequence > FIRST ? messages : [], spotOf };
  }

  /** The one at which all of these tables were read here; undefined where there is no such. */
  function generationRead(tables: readonly Table[]): number | undefined {
    const [first] = tables,
      generation = first?.origin?.token instanceof NftImage ? first.origin.token.generation : undefined;
    const isOurs = ({ origin }: Table): boolean =>
      origin?.token instanceof NftImage &&
      origin.token.namespace === transport &&
      origin.token.generation === generation;
    return tables.every(isOurs) ? generation : undefined;
  }
  /** The image that a table is to be written over; throws `conflict` if it is not what the table was made from. */
  async function present(table: Table, generation: number): Promise<NftImage> {
    const token = table.origin?.token;
    const ours = token instanceof NftImage && token.namespace === transport;
    if (ours && token.generation === generation) return token;
    // What was not listed cannot be compared; it is soon asked for again.
    if (ours && !token.isListed)
      throw new RampartError("conflict", { family: table.family, table: table.name });
    const image = await imageOf(table.family, table.name);
    if (token instanceof NftImage && !(await token.sameAs(image)))
      throw new RampartError("conflict", { family: table.family, table: table.name });
    return image;
  }
  async function writeAll(tables: readonly Table[], mode: Mode, options: WaitOptions): Promise<void> {
    let sets: SetNumbers = setsNotRead;
    const operation = `writing the ${tables[0]?.family ?? ""} tables of nf_tables`,
      { signal } = options;
    const plan = async (table: Table, generation: number): Promise<Plan> => {
      const image = await present(table, generation);
      const encode = (firstSequence: number, need: Need) =>
        encoded(table, image, contextOf(table.family, names, sets, need), firstSequence, signal);
      return { generation: image.generation, family: table.family, table: table.name, encode };
    };
    let isFirst = true;
    const plans = async (): Promise<Plan[]> => {
      // Whether the rule set is still the one that was read, the kernel tells when it gets the batch.
      const generation = (isFirst ? generationRead(tables) : undefined) ?? (await generationOf(transport)),
        all: Plan[] = [];
      isFirst = false;
      for (const table of tables) all.push(await plan(table, generation));
      return all;
    };
    throwIfAborted(operation, signal);
    try {
      await transact(operation, plans, mode, options);
    } catch (error) {
      if (!(error instanceof SetsNeeded)) throw error;
      sets = await readSetNumbers(namespace);
      await transact(operation, plans, mode, options);
    }
  }

  async function writeRounds(tables: readonly Table[], mode: Mode, options: WaitOptions): Promise<void> {
    for (const round of rounds(tables, ({ name }) => name)) await writeAll(round, mode, options);
  }

  async function planReplacement(one: NftReplacement): Promise<Plan> {
    const { family, table } = one,
      image = await replaceable(family, table);
    // What was there goes first, but for what is none of iptables'.
    const bare = emptyTable(family, table, { policy: undefined }).edit((draft) => {
      for (const chain of one.chains) draft.newChain(chain);
    });
    const encode = async (firstSequence: number): Promise<Encoded> => {
      const context = contextOf(family, names, setsNotRead),
        { messages, trace, nextSequence } = await encoded(bare, image, context, firstSequence);
      return { messages: [...messages, ...one.messages], trace, nextSequence };
    };
    return { replaces: true, generation: image.generation, family, table, encode };
  }
  /** What is there, as far as it must be known to replace it. */
  async function replaceable(family: Family, table: TableName): Promise<NftImage> {
    const generation = await generationOf(transport),
      chains = own.has({ family, table }, generation)
        ? await readChains(transport, table, contextOf(family, names, setsNotRead))
        : undefined;
    return chains?.generation === generation ? chains : imageOf(family, table);
  }

  const backend: Backend = {
    name: "nft",
    async tables(family) {
      const found = new Set<string>();
      for (const answer of (await dump(transport, MESSAGE.getTable, family)).answers)
        for (const a = attributesOf(answer); a.next(); ) if (a.type === TABLE.name) found.add(a.text());
      return ORDER.filter((name) => found.has(name));
    },
    async read(family, name) {
      const image = await imageOf(family, name);
      return tableOf(image, sameRuleFor(family, names));
    },
    async readUnlisted(family, name) {
      const rules = { looked: false },
        image = await readChains(transport, name, contextOf(family, names, setsNotRead));
      return { table: tableOf(image, sameRuleFor(family, names), rules), rules };
    },
    write: (tables, options = {}) => writeRounds(tables, "commit", options),
    check: (tables, options = {}) => writeRounds(tables, "try", options),
    rehearse: (tables, options = {}) => writeRounds(tables, "try", options),
    async replace(family, fill, options = {}) {
      const begun: NftReplacement[] = [],
        objects = objectCheck(send, family),
        context = contextOf(family, names, setsNotRead, objects.note);
      await fill((table) => {
        const replacement = new NftReplacement(table, context);
        begun.push(replacement);
        return replacement;
      });
      await objects.verify();
      for (const round of rounds(begun, ({ table }) => table)) {
        const plans = async (): Promise<Plan[]> => {
          const made: Plan[] = [];
          for (const one of round) made.push(await planReplacement(one));
          return made;
        };
        await transact("writing the tables of nf_tables", plans, "commit", options);
      }
    },
    watch: (family, { signal }) =>
      watchTables(family, namespace, (name) => backend.read(family, name), signal),
    exclusive(work, options = {}) {
      const turn = queue.then(() => persistently(work, options));
      queue = turn.catch(() => {});
      return turn;
    },
    async restorePoint(tables) {
      const [first] = tables;
      if (!first) return { tables: [] };
      for (const begin = performance.now(); ; ) {
        const generation = await generationOf(transport),
          existing = await backend.tables(first.family),
          all: BeforeWrite[] = [];
        for (const name of new Set(tables.map((table) => table.name)))
          all.push({
            image: await imageOf(first.family, name),
            exists: existing.includes(name),
            next: tables.filter((table) => table.name === name),
          });
        if (all.every(({ image }) => image.generation === generation))
          return { tables: [], batch: await backBatch(all), fallback: await anewBatch(all), generation };
        if (performance.now() - begin >= DEFAULT_TIMEOUT)
          throw new RampartError("conflict", { family: first.family, table: first.name });
      }
    },
    close: () => namespace?.close(),
  };

  /** There is no lock to hold: whoever was overtaken begins anew. */
  async function persistently<T>(work: (backend: Backend) => Promise<T>, options: WaitOptions): Promise<T> {
    const { signal, timeout = DEFAULT_TIMEOUT } = options;
    for (const begin = performance.now(); ; ) {
      try {
        return await work(backend);
      } catch (error) {
        if (!isRampartError(error, "conflict") || performance.now() - begin >= timeout) throw error;
      }
      await sleep(pauseBetween(), undefined, signal && { signal }).catch(() => {});
      throwIfAborted("write", signal);
    }
  }
  return backend;
}

async function encoded(
  table: Table,
  image: NftImage,
  context: Context,
  firstSequence: number,
  signal?: AbortSignal,
): Promise<Encoded> {
  const messages: Uint8Array[] = [],
    writer = new MessageWriter(undefined, (piece) => messages.push(piece)),
    { trace, nextSequence } = await encodeTable(table, image, { context, writer, firstSequence, signal });
  return { messages: [...messages, writer.take()], trace, nextSequence };
}

/** A rules file may hold a table twice: what comes later is written over what came before, not beside it. */
function rounds<T>(all: readonly T[], tableIn: (one: T) => TableName): T[][] {
  const out: T[][] = [],
    seen = new Map<TableName, number>();
  for (const one of all) {
    const round = seen.get(tableIn(one)) ?? 0;
    seen.set(tableIn(one), round + 1);
    out[round] = [...(out[round] ?? []), one];
  }
  return out;
}
