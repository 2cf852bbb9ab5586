/** What long work is at. */
export interface Progress<P extends string = string> {
  readonly phase: P;
  /** Of `total`: entries of lists, ranges, networks or rules. */
  readonly done: number;
  /** Absent while nobody knows. */
  readonly total?: number;
  /** A second, in this phase. */
  readonly rate: number;
  /** Seconds, in this phase; absent while nobody knows. */
  readonly left?: number;
}
export type OnProgress<P extends string = string> = (progress: Progress<P>) => void;

/** Who does a part of the work tells of it so. */
export type Telling<P extends string> = Pick<ProgressTeller<P>, "begin" | "at" | "end">;

/** No terminal needs more, and a million calls would be work of their own. */
const EVERY = 50;

/** Tells `told` of work, some twenty times a second, and of the end of each phase. */
export class ProgressTeller<P extends string> {
  readonly #told: OnProgress<P> | undefined;
  #phase: P | undefined;
  #total: number | undefined;
  #begun = 0;
  #next = 0;
  #done = 0;
  constructor(told: OnProgress<P> | undefined) {
    this.#told = told;
  }
  begin(phase: P, total?: number): void {
    this.end();
    this.#phase = phase;
    this.#total = total;
    this.#begun = performance.now();
    this.#next = this.#begun + EVERY;
    this.#done = 0;
    this.#tell();
  }
  /** So much of this phase is done. */
  at(done: number): void {
    this.#done = done;
    if (this.#told && performance.now() >= this.#next) this.#tell();
  }
  /** Ends the phase. */
  end(): void {
    if (this.#phase === undefined) return;
    if (this.#total !== undefined) this.#done = this.#total;
    this.#tell();
    this.#phase = undefined;
  }
  #tell(): void {
    const now = performance.now(),
      seconds = (now - this.#begun) / 1000,
      rate = seconds > 0 ? this.#done / seconds : 0,
      total = this.#total;
    this.#next = now + EVERY;
    this.#told?.({
      phase: this.#phase!,
      done: this.#done,
      rate,
      ...(total !== undefined && { total }),
      ...(total !== undefined && rate > 0 && { left: (total - this.#done) / rate }),
    });
  }
}
