import type { Io } from "./io.js";
import type { Switch } from "./switches.js";

/** One sub-command: what it does, and how it is explained. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The words after `rampart`, one line for each way. */
  readonly usage: readonly string[];
  /** What one has to know, in a few lines. */
  readonly about: string;
  readonly switches: readonly Switch[];
  readonly examples: readonly Example[];
  /** Gives the exit status. `args` are the words after the command's name. */
  run(args: readonly string[], io: Io): Promise<number>;
}
export interface Example {
  readonly does: string;
  readonly words: string;
}
