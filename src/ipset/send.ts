import { isRampartError, RampartError } from "../errors.js";
import type { Transport } from "../native.js";
import type { Batch, Change } from "./batch.js";
import { sendBatch } from "./change.js";

/** Sends batches one after the other, while the caller writes the next one. */
export class Sender {
  /** How many entries the kernel has taken. */
  done = 0;
  #underway: Promise<void> = Promise.resolve();
  readonly #transport: Transport;
  readonly #change: Change;
  readonly #sent: (batch: Batch) => void;
  constructor(transport: Transport, change: Change, sent: (batch: Batch) => void) {
    this.#transport = transport;
    this.#change = change;
    this.#sent = sent;
  }
  /** Waits for the batch before. */
  async send(batch: Batch): Promise<void> {
    await this.#underway;
    this.#underway = sendBatch(this.#transport, this.#change, batch).then(() => {
      this.done = batch.end;
      this.#sent(batch);
    });
    // Whoever awaits it next sees the failure; until then it is nobody's.
    this.#underway.catch(() => {});
  }
  /** Until the kernel has taken all. */
  async end(): Promise<void> {
    await this.#underway;
  }
  /** What `error` says, once nothing is underway any more; who aborted hears how far it came. */
  async fail(error: unknown): Promise<never> {
    await this.#underway;
    if (!isRampartError(error, "aborted")) throw error;
    throw new RampartError("aborted", { ...error.context, done: this.done }, { cause: error.cause });
  }
}
