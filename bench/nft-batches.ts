import { FIRST, framed } from "../src/backends/nft/batch.js";
import { NftReplacement } from "../src/backends/nft/replacement.js";
import { TableWriter } from "../src/backends/nft/table-writer.js";
import { MESSAGE, TABLE } from "../src/backends/nft/wire.js";
import { NFPROTO, NLM_F } from "../src/netlink/wire.js";
import { MessageWriter } from "../src/netlink/writer.js";
import { replaceFrom } from "../src/text/replacing.js";
import { contextOf } from "../test/vectors/iptables.js";

const TABLE_NAME = "filter",
  DELETE_TABLE = MESSAGE.newTable + 2;

/** The messages between a batch's beginning and end, the last of which is acknowledged, as a program may send them. */
function batch(write: (w: MessageWriter, out: TableWriter) => readonly Uint8Array[]): Buffer {
  const writer = new MessageWriter(),
    out = new TableWriter("ipv4", TABLE_NAME, writer, FIRST),
    rules = write(writer, out),
    first = writer.take();
  out.newTable(NLM_F.ack);
  return Buffer.concat(framed({ messages: [first, ...rules, writer.take()] }, "commit"));
}
async function rulesOf(text: string): Promise<readonly Uint8Array[]> {
  const replacement = new NftReplacement(TABLE_NAME, contextOf("ipv4"));
  await replaceFrom(text, {}, () => replacement);
  return replacement.messages;
}

/** What loads a rules file of one table into a kernel that has none. */
export async function loading(text: string): Promise<Buffer> {
  const rules = await rulesOf(text);
  return batch((_, out) => {
    out.newBaseChains(() => false);
    out.newChain("BLOCK");
    return rules;
  });
}
/** What appends the rules of a file to the chains that are there. */
export async function appending(text: string): Promise<Buffer> {
  const rules = await rulesOf(text);
  return batch(() => rules);
}
/** What leaves no table; the acknowledged message makes an empty one, without chains. */
export const emptying = (): Buffer =>
  batch((writer, out) => {
    out.newTable();
    writer.begin({ type: DELETE_TABLE, flags: 0, sequence: FIRST + 1, family: NFPROTO.ipv4 });
    writer.text(TABLE.name, TABLE_NAME);
    writer.end();
    return [];
  });
