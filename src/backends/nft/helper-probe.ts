import { isRampartError } from "../../errors.js";
import type { Family } from "../../model/family.js";
import type { DatagramTransport } from "../../native.js";
import { NFPROTO, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { FIRST, sendBatch } from "./batch.js";
import { MESSAGE, OBJECT, TABLE } from "./wire.js";

const ENOENT = 2,
  SPOT = { table: "probe" } as const;

/**
 * Whether the kernel has a conntrack helper of that name for a protocol, its module loaded if need be. No list names them
 * all, but nf_tables looks for one when it makes an object of it: that is tried in a batch that is never committed.
 */
export async function hasHelper(
  send: DatagramTransport,
  name: string,
  family: Family,
  protocol: number,
): Promise<boolean | undefined> {
  const w = new MessageWriter(),
    table = `rampart-probe-${process.pid}`,
    where = { family: FAMILY_NUMBER[family] };
  w.begin({ type: MESSAGE.newTable, flags: NLM_F.create, sequence: FIRST, ...where });
  w.text(TABLE.name, table);
  w.end();
  w.begin({ type: MESSAGE.newObject, flags: NLM_F.create | NLM_F.ack, sequence: FIRST + 1, ...where });
  w.text(OBJECT.table, table);
  w.text(OBJECT.name, "helper");
  w.be32(OBJECT.type, OBJECT.ctHelper);
  const data = w.open(OBJECT.data);
  w.text(OBJECT.helperName, name);
  w.be16(OBJECT.helperFamily, NFPROTO[family]);
  w.u8(OBJECT.helperProtocol, protocol);
  w.close(data);
  w.end();
  const batch = { operation: "looking for a conntrack helper", generation: 0, messages: [w.take()] };
  try {
    return (await sendBatch(send, { ...batch, spotOf: () => SPOT }, "try")) || undefined;
  } catch (error) {
    if (!isRampartError(error)) throw error;
    return isRampartError(error, "kernel") && error.context.errno === ENOENT ? false : undefined;
  }
}
