import { type Place, RampartError } from "../errors.js";

/** One word of a rule: where it stands in its line, and what it says once quotes are taken away. */
export interface Word {
  readonly text: string;
  /** From 0, in the line; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

/** One line of a text, for errors. */
export interface Line {
  readonly file?: string | undefined;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Refuses the characters from `from` to `to` of a line. */
export function refuseAt(
  { file, number, text }: Line,
  problem: string,
  from: number,
  to: number,
  cause?: unknown,
): never {
  const place: Place = {
    ...(file !== undefined && { file }),
    line: number,
    column: from + 1,
    length: Math.max(1, to - from),
    source: text,
  };
  throw new RampartError("syntax", { problem, place }, { cause });
}
