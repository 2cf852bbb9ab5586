import type { Spot } from "../../errors.js";
import type { DatagramTransport } from "../../native.js";
import { type Outcome, replies } from "../../netlink/replies.js";
import { NFPROTO } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { generationOf } from "./conversation.js";
import { ERESTART, kernelError, socketError } from "./failure.js";
import { partAt } from "./fault.js";
import { BATCH, MESSAGE, NF_TABLES } from "./wire.js";

/** The numbers of the messages that frame a batch; those in between are counted from FIRST. */
const BEGIN = 1;
export const FIRST = 2;

export interface Batch {
  /** What was being done, for errors. */
  readonly operation: string;
  /** The rule set that the messages were made for. */
  readonly generation: number;
  /** Whole messages, many in a piece; the last asks for an acknowledgement. */
  readonly messages: readonly Uint8Array[];
  /** What the message of that number was about. */
  readonly spotOf: (sequence: number) => Spot;
}
/** Without its end the kernel only tries a batch, and keeps nothing of it. */
export type Mode = "commit" | "try";

/** Sends one transaction; false if the rule set has changed since it was made, and then nothing was done. */
export async function sendBatch(send: DatagramTransport, batch: Batch, mode: Mode): Promise<boolean> {
  const { operation, generation } = batch;
  let reply: Uint8Array;
  try {
    reply = await send([framed(batch, mode)]);
  } catch (error) {
    // What the kernel answered is lost: whether it did something, its rules' generation tells.
    const now = await generationOf((request) => send([request])).catch(() => -1),
      applied = mode === "commit" && now !== generation;
    throw socketError(error, { operation, applied, spot: batch.spotOf(-1) });
  }
  const failures: Outcome[] = [];
  let acknowledged = false;
  for (const one of replies(reply)) {
    if (one.kind !== "outcome") continue;
    if (one.errno === 0) acknowledged = true;
    else failures.push(one);
  }
  if (failures.some(({ errno }) => errno === ERESTART)) return false;
  const first = failures.sort((a, b) => a.sequence - b.sequence)[0];
  if (first) {
    const { sequence, offset } = first,
      part = offset === undefined ? undefined : partAt(batch.messages, sequence, offset);
    throw kernelError(first, { operation, spot: batch.spotOf(sequence), part });
  }
  if (!acknowledged) throw new Error(`${operation}: the kernel said nothing`);
  return true;
}

/** The messages as the pieces of the one datagram that the kernel takes for a batch; without a generation it fits every rule set. */
export function framed(
  { generation, messages }: Pick<Batch, "messages"> & { readonly generation?: number },
  mode: Mode,
): readonly Uint8Array[] {
  const begin = new MessageWriter(),
    end = new MessageWriter(),
    head = { flags: 0, family: NFPROTO.unspec, resource: NF_TABLES };
  begin.begin({ ...head, type: MESSAGE.batchBegin, sequence: BEGIN });
  if (generation !== undefined) begin.be32(BATCH.generation, generation);
  begin.end();
  if (mode === "commit") {
    end.begin({ ...head, type: MESSAGE.batchEnd, sequence: 0 });
    end.end();
  }
  return [begin.take(), ...messages, end.take()];
}
