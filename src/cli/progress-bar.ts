import type { Progress } from "../index.js";
import type { Io } from "./io.js";

const WIDTH = 30,
  CLEAR = "\r\u001b[K";

/** Draws what long work is at on a terminal, in one line that goes when it ends; elsewhere nothing. */
export function progressBar({ terminal, complain }: Io): {
  readonly show: (progress: Progress) => void;
  readonly end: () => void;
} {
  if (!terminal.errors) return { show: () => undefined, end: () => undefined };
  return {
    show: ({ phase, done, total, rate, left }) => {
      const count = (n: number): string => Math.round(n).toLocaleString("en"),
        full = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
      const bar = full === undefined ? "" : ` [${"#".repeat(Math.round(full * WIDTH)).padEnd(WIDTH, ".")}]`,
        of = total === undefined ? count(done) : `${count(done)} of ${count(total)}`,
        speed = rate > 0 ? `, ${count(rate)}/s` : "",
        rest = left !== undefined && left >= 1 ? `, ${Math.ceil(left)} s left` : "";
      complain(`${CLEAR}${phase}${bar} ${of}${speed}${rest}`);
    },
    end: () => complain(CLEAR),
  };
}
