import { type Change, changes } from "../../model/diff.js";
import { Slices } from "../../model/slices.js";
import type { Table } from "../../model/table.js";
import { NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { baseChains } from "./base-chains.js";
import { framed } from "./batch.js";
import { NftImage } from "./image.js";
import { TableWriter } from "./table-writer.js";

/** One table as it is, and what is going to be written over it. */
export interface BeforeWrite {
  readonly image: NftImage;
  /** Whether the table exists: without chains an image does not tell. */
  readonly exists: boolean;
  /** In this order, where a rules file holds the table more than once. */
  readonly next: readonly Table[];
}

/**
 * The batch that takes writes back. It says what shall be, not what must change, so that it fits whatever the kernel
 * holds by then. Chains that the writes do not change are left alone, and so is everything that others have made.
 */
export const backBatch = (all: readonly BeforeWrite[]): Promise<Uint8Array> =>
  batchOf(all, async (out, { image, exists, next }, slices) => {
    if (exists) await putBack(out, image, changedChains(image, next), slices);
    else out.deleteTable();
  });

/** The same with tables made anew: it cannot fail over chains of others, and takes them away. */
export const anewBatch = (all: readonly BeforeWrite[]): Promise<Uint8Array> =>
  batchOf(all, async (out, { image, exists }, slices) => {
    out.deleteTable();
    if (!exists) return;
    out.newTable();
    await putBack(out, image, new Set(image.chains.keys()), slices);
  });

async function batchOf(
  all: readonly BeforeWrite[],
  write: (out: TableWriter, before: BeforeWrite, slices: Slices) => Promise<void>,
): Promise<Uint8Array> {
  const messages = new MessageWriter(),
    slices = new Slices("preparing the way back");
  let sequence = 2;
  for (const before of all) {
    const out = new TableWriter(before.image.context.family, before.image.name, messages, sequence);
    // It is there by then, so that what follows can name it; and an answer comes for it.
    out.newTable(NLM_F.ack);
    await write(out, before, slices);
    sequence = out.sequence;
  }
  return Buffer.concat(framed({ messages: [messages.take()] }, "commit"));
}

async function putBack(
  out: TableWriter,
  image: NftImage,
  changed: ReadonlySet<string>,
  slices: Slices,
): Promise<void> {
  const builtIn = new Set(baseChains(image.name).map(({ name }) => name));
  // First all chains: rules lead to them. One that was not there is made, so that it can be deleted.
  for (const name of changed) {
    const chain = image.chains.get(name);
    if (builtIn.has(name)) out.policy(name, chain?.policy ?? "ACCEPT", chain?.counters ?? NOTHING);
    else out.ensureChain(name);
    out.flush(name);
  }
  for (const name of changed) {
    const { first, length } = image.run(name);
    if (!image.chains.has(name)) continue;
    for (let i = first; i < first + length; i++) {
      out.verbatim(name, image, i, image.entry(i));
      if (slices.due()) await slices.pause();
    }
  }
  // Built-in ones that the write has made stay, empty: others may use them by then, and iptables-nft shows them anyway.
  for (const name of changed) if (!image.chains.has(name) && !builtIn.has(name)) out.deleteChain(name);
}
const NOTHING = { packets: 0, bytes: 0 };

/** The chains that differ once all of `next` is written, before or after. */
function changedChains(image: NftImage, next: readonly Table[]): ReadonlySet<string> {
  const changed = new Set<string>();
  const everything = (table: Table): void => {
    for (const name of [...image.chains.keys(), ...table.chains]) changed.add(name);
  };
  for (const table of next) {
    const base = table.origin?.token instanceof NftImage ? table.origin.base : undefined;
    // Rules follow a chain that is renamed, without being changed themselves.
    for (const change of changes(base, table))
      if (change.op === "reset" || change.op === "rename") everything(table);
      else changed.add(chainOf(change));
  }
  return changed;
}
const chainOf = (change: Exclude<Change, { op: "reset" | "rename" }>): string => change.chain;
