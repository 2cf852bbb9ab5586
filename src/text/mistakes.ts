import { isRampartError, type Mistake, RampartError } from "../errors.js";

/** As many as a person reads; a file with more of them is most likely no rules file. */
const SHOWN = 20;

/** Gathers what is wrong in a text, so that whoever mends it sees all of it at once. */
export class Mistakes {
  readonly #shown: Mistake[] = [];
  #count = 0;
  #cause: unknown;

  /** Takes an error that names its place in the text; throws any other. */
  take(error: unknown): void {
    if (!isRampartError(error, "syntax") || !error.context.place) throw error;
    const { problem, place } = error.context;
    if (this.#count++ === 0) this.#cause = error.cause;
    if (this.#shown.length < SHOWN) this.#shown.push({ problem, place });
  }
  /** @throws `syntax` with all that was taken, if anything was. */
  end(): void {
    const [first, ...more] = this.#shown,
      untold = this.#count - this.#shown.length;
    if (first)
      throw new RampartError(
        "syntax",
        { ...first, ...(more.length > 0 && { more }), ...(untold > 0 && { untold }) },
        { cause: this.#cause },
      );
  }
}
