import { RampartError } from "../errors.js";

/** Well under the 10 ms that the event loop is promised, so that a garbage collection still fits beside it. */
const SLICE = 1;

const turn: () => Promise<void> =
  typeof setImmediate === "function"
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Cuts long work on the event loop into slices.
 *
 * @example
 * const slices = new Slices("parse", signal);
 * for (const line of lines) { work(line); if (slices.due()) await slices.pause(); }
 */
export class Slices {
  #until = performance.now() + SLICE;
  #calls = 0;
  readonly #operation: string;
  readonly #signal: AbortSignal | undefined;
  constructor(operation: string, signal?: AbortSignal) {
    this.#operation = operation;
    this.#signal = signal;
    throwIfAborted(operation, signal);
  }
  /** Whether this slice is used up. Cheap enough to ask after every rule: it looks at the clock one time in 64. */
  due(): boolean {
    return (++this.#calls & 63) === 0 && this.over();
  }
  /** The same for steps of which each takes a while. */
  over(): boolean {
    return performance.now() >= this.#until;
  }
  /** Does work that yields after steps which may each take a while, and gives what it comes to. */
  async through<T>(work: Generator<unknown, T>): Promise<T> {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (this.over()) await this.pause();
    }
  }
  /** Lets the event loop run once; throws `aborted` if the signal says so. */
  async pause(): Promise<void> {
    await turn();
    throwIfAborted(this.#operation, this.#signal);
    this.#until = performance.now() + SLICE;
  }
}

export function throwIfAborted(operation: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RampartError("aborted", { operation }, { cause: signal.reason });
}
