import type { Family, TableName } from "../../model/family.js";
import {
  FAMILY_NUMBER,
  type FamilyNumber,
  type LegacyAddon,
  type Namespace,
  type Patch,
} from "../../native.js";

/** So many bytes are worth a call of their own. */
const PIECE = 1 << 17;

/**
 * A patch that a pool thread applies while it is still being written. It works on the table that it met first, so
 * whoever pushes holds the lock, until the patch is committed or dropped.
 */
export class PatchStream {
  readonly #addon: LegacyAddon;
  readonly #where: readonly [family: FamilyNumber, table: TableName, namespace: Namespace | undefined];
  readonly #patch: Patch;
  #applying: Promise<void> | undefined;
  #over = false;

  constructor(addon: LegacyAddon, family: Family, table: TableName, namespace: Namespace | undefined) {
    this.#addon = addon;
    this.#where = [FAMILY_NUMBER[family], table, namespace];
    this.#patch = new addon.Patch();
  }
  push(chunk: Uint8Array): void {
    this.#patch.push(chunk);
    if (this.#patch.length >= PIECE) this.#applying ??= this.#apply();
  }
  /** Throws a NativeFailure: the first one that there was. */
  async commit(): Promise<void> {
    await this.#applying;
    this.#over = true;
    await this.#addon.commitTable(...this.#where, this.#patch);
  }
  /** Nothing to do after a commit. */
  async drop(): Promise<void> {
    await this.#applying;
    if (!this.#over) await this.#addon.dropPatch(this.#patch);
    this.#over = true;
  }
  async #apply(): Promise<void> {
    try {
      while (this.#patch.length >= PIECE) await this.#addon.applyPatch(...this.#where, this.#patch);
      this.#applying = undefined;
    } catch {
      // What fails now fails at the commit too, and there it is told. Until then nothing more is sent.
    }
  }
}
