import { RampartError } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import type { TableName } from "../../model/family.js";
import type { Transport } from "../../native.js";
import { chainsOf } from "./chains.js";
import { dump, generationOf } from "./conversation.js";
import { NftImage } from "./image.js";
import { indexRules } from "./rule-index.js";
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
    const chains = await dump(transport, MESSAGE.getChain, family);
    const rules = await dump(transport, MESSAGE.getRule, family, (request) =>
      request.text(RULE.table, table),
    );
    const { generation } = chains;
    if (chains.torn || rules.torn || rules.generation !== generation) continue;
    if ((await generationOf(transport)) !== generation) continue;
    const shown = chainsOf(chains.answers, family, table),
      index = await indexRules(rules.answers, (chain) => shown.has(chain));
    if (!index) continue;
    return new NftImage(
      table,
      { generation, namespace: transport },
      shown,
      index,
      await contextFor(usesSets(index.bytes)),
    );
  }
  throw new RampartError("conflict", { family, table });
}

/** An attribute 1 that says "set" or "SET": what may be one for another reason costs a question only. */
const SET_NAMES = ["set\0", "SET\0"].map((name) => Buffer.from(`\x08\0\x01\0${name}`, "latin1"));
const usesSets = ({ buffer, byteOffset, length }: Uint8Array): boolean => {
  const all = Buffer.from(buffer, byteOffset, length);
  return SET_NAMES.some((name) => all.includes(name));
};
