import type { Family, TableName } from "../../model/family.js";
import { datagramTransport, type Namespace, type Transport } from "../../native.js";
import { NETLINK, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { FIRST, sendBatch } from "./batch.js";
import { listChains } from "./chain-list.js";
import { generationOf } from "./conversation.js";
import { MESSAGE, TABLE } from "./wire.js";

/** Deletes those of the tables that hold no rule, as if nobody had made them; leaves them if somebody writes meanwhile. */
export async function deleteEmptyTables(
  family: Family,
  tables: readonly TableName[],
  namespace: Namespace | undefined,
): Promise<void> {
  const send = datagramTransport(NETLINK.netfilter, namespace),
    transport: Transport = (request) => send([request]),
    number = FAMILY_NUMBER[family],
    generation = await generationOf(transport),
    chains = await listChains(transport, number),
    empty = tables.filter((name) => !chains.some(({ table, use }) => table === name && use > 0));
  if (empty.length === 0) return;
  const request = new MessageWriter();
  empty.forEach((name, i) => {
    const flags = i === empty.length - 1 ? NLM_F.ack : 0;
    request.begin({ type: MESSAGE.deleteTable, flags, sequence: FIRST + i, family: number });
    request.text(TABLE.name, name);
    request.end();
  });
  const operation = `deleting the empty ${family} tables of nf_tables`;
  await sendBatch(
    send,
    { operation, generation, messages: [request.take()], spotOf: () => ({ family }) },
    "commit",
  );
}
