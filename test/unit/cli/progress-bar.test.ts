import { expect, it } from "vitest";
import type { Io } from "../../../src/cli/io.js";
import { progressBar } from "../../../src/cli/progress-bar.js";

function drawn(errors: boolean): string[] {
  const lines: string[] = [],
    io = {
      terminal: { output: false, errors },
      complain: (text) => void lines.push(text),
    } satisfies Partial<Io>;
  const bar = progressBar(io as unknown as Io);
  bar.show({ phase: "read", done: 1234, rate: 0 });
  bar.show({ phase: "load", done: 50_000, total: 200_000, rate: 25_000, left: 5.2 });
  bar.show({ phase: "load", done: 0, total: 0, rate: 0 });
  bar.end();
  return lines;
}
const CLEAR = "\r\u001b[K";

it("shows on a terminal what long work is at, in one line that goes when it ends", () => {
  expect(drawn(true)).toEqual([
    `${CLEAR}read 1,234`,
    `${CLEAR}load [########......................] 50,000 of 200,000, 25,000/s, 6 s left`,
    `${CLEAR}load 0 of 0`,
    CLEAR,
  ]);
});
it("shows nothing elsewhere", () => {
  expect(drawn(false)).toEqual([]);
});
