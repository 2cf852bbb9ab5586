import { once } from "node:events";
import { createInterface } from "node:readline";
import { styleText } from "node:util";
import { rulesText } from "../index.js";

/** Everything that a command touches outside of the firewall, so that tests can stand in for a terminal. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** To standard output; waits while the reader is slower than we are. */
  write(text: string): Promise<void>;
  /** To standard error. */
  complain(text: string): void;
  /** All of standard input; throws `file` where that is no text. */
  input(): Promise<string>;
  /** Lines typed on a terminal, until `end` settles; absent where nobody can type. */
  answers?(end: Promise<unknown>): AsyncIterable<string>;
  readonly terminal: {
    readonly output: boolean;
    readonly errors: boolean;
    /** How many columns it has; undefined where output goes elsewhere. */
    readonly width?: number | undefined;
  };
}

/** What to call it in errors. */
export const STANDARD_INPUT = "standard input";

/** The process's own streams. A reader that goes away (`| head`) ends the program quietly, as it does any other. */
export function processIo(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`rampart: standard output: ${error.message}\n`);
    process.exit(1);
  });
  return {
    env: process.env,
    async write(text) {
      if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
    },
    complain: (text) => {
      process.stderr.write(text);
    },
    async input() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return rulesText(Buffer.concat(chunks), STANDARD_INPUT);
    },
    ...(process.stdin.isTTY && { answers }),
    terminal: {
      output: process.stdout.isTTY === true,
      errors: process.stderr.isTTY === true,
      // 0 is what a terminal says that does not know.
      width: process.stdout.columns || undefined,
    },
  };
}

/** A terminal that goes away ends the lines, not the waiting. */
async function* answers(end: Promise<unknown>): AsyncGenerator<string> {
  const lines = createInterface({ input: process.stdin }),
    stop = () => lines.close();
  end.then(stop, stop);
  process.stdin.on("error", stop);
  for await (const line of lines) yield line.trim();
}

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours on a terminal only. `NO_COLOR` turns them off (no-color.org), `FORCE_COLOR` on, `FORCE_COLOR=0` off. */
export function painter({ env }: Io, terminal: boolean): Paint {
  const force = env.FORCE_COLOR,
    forced = force !== undefined && force !== "0" && force !== "false";
  const off = force === "0" || force === "false" || (env.NO_COLOR !== undefined && env.NO_COLOR !== "");
  const coloured = forced || (terminal && !off && env.TERM !== "dumb");
  return (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
}
