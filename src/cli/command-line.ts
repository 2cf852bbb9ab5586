import { RampartError } from "../index.js";

/** A command line as the user sees it, so that an error can point at the word. */
export interface CommandLine {
  readonly words: readonly string[];
  /** Throws `syntax`, pointing at word `index`; one past the last points behind the end. */
  refuse(problem: string, index: number): never;
}

/** The "file" of errors in it. */
export const COMMAND_LINE = "command line";
const PROGRAM = "rampart";
const shown = (word: string): string =>
  /^[\w@%+=:,./!^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** `offset`: how many of the words come before those that `refuse` counts. */
export function commandLine(all: readonly string[], offset = 0): CommandLine {
  return {
    words: all.slice(offset),
    refuse(problem, index) {
      const words = [PROGRAM, ...all.map(shown)],
        before = words.slice(0, index + offset + 1),
        word = words[index + offset + 1];
      const column = before.join(" ").length + 2;
      const place = {
        file: COMMAND_LINE,
        line: 1,
        column,
        length: word?.length ?? 1,
        source: words.join(" "),
      };
      throw new RampartError("syntax", { problem, place });
    },
  };
}
