import { RampartError } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import type { TableName } from "../../model/family.js";
import { Slices } from "../../model/slices.js";
import type { Transport } from "../../native.js";
import { chainsOf } from "./chains.js";
import { dump, generationOf, list } from "./conversation.js";
import { NftImage } from "./image.js";
import { NOT_LISTED, RuleIndexer } from "./rule-index.js";
import { MESSAGE, RULE } from "./wire.js";

/** How often a table may change under our eyes before that is said. */
const ATTEMPTS = 100;

/** The table at one moment: a list during which somebody wrote is thrown away and asked for again. */
export async function readImage(
  transport: Transport,
  table: TableName,
  contextFor: (usesSets: boolean) => Promise<Context>,
  family: Context["family"],
): Promise<NftImage> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const chains = await dump(transport, MESSAGE.getChain, family),
      { generation } = chains;
    if (chains.torn) continue;
    const shown = chainsOf(chains.answers, family, table),
      indexer = new RuleIndexer((chain) => shown.has(chain));
    const rules = await list(
      transport,
      MESSAGE.getRule,
      family,
      (answer) => indexer.add(answer),
      (request) => request.text(RULE.table, table),
    );
    if (rules.torn || rules.generation !== generation) continue;
    if ((await generationOf(transport)) !== generation) continue;
    const index = indexer.index();
    if (!index) continue;
    const context = await contextFor(await usesSets(index.bytes));
    return new NftImage(table, { generation, namespace: transport }, shown, index, context);
  }
  throw new RampartError("conflict", { family, table });
}

/** The table's chains without their rules, at one moment. */
export async function readChains(
  transport: Transport,
  table: TableName,
  context: Context,
): Promise<NftImage> {
  const { family } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { answers, generation, torn } = await dump(transport, MESSAGE.getChain, family);
    // The generation is asked before the chains are.
    if (torn || (await generationOf(transport)) !== generation) continue;
    const shown = chainsOf(answers, family, table);
    return new NftImage(table, { generation, namespace: transport }, shown, NOT_LISTED, context);
  }
  throw new RampartError("conflict", { family, table });
}

/** An attribute 1 that says "set" or "SET": what may be one for another reason costs a question only. */
const SET_NAMES = ["set\0", "SET\0"].map((name) => Buffer.from(name, "latin1")),
  SET_HEADER = Buffer.from("\x08\0\x01\0", "latin1"),
  /** So much is looked through at once. */
  STEP = 1 << 20;
async function usesSets({ buffer, byteOffset, length }: Uint8Array): Promise<boolean> {
  const slices = new Slices("read");
  for (let at = 0; at < length; at += STEP) {
    const from = Math.max(at - SET_HEADER.length, 0),
      some = Buffer.from(buffer, byteOffset + from, Math.min(at + STEP + SET_HEADER.length, length) - from);
    if (SET_NAMES.some((name) => isNamed(some, name))) return true;
    if (slices.over()) await slices.pause();
  }
  return false;
}
/** The name alone is found much faster than with its header before it: it begins with a byte that is rare. */
function isNamed(bytes: Buffer, name: Buffer): boolean {
  const size = SET_HEADER.length;
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1))
    if (at >= size && bytes.compare(SET_HEADER, 0, size, at - size, at) === 0) return true;
  return false;
}
