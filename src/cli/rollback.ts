import { type RollbackOutcome, rollbackChange } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { oneWord } from "./confirm.js";
import { HELP_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [HELP_SWITCH];

export const rollback: Command = {
  name: "rollback",
  summary: "Take back at once the rules that `apply` is trying",
  usage: ["rollback [ID | TOKEN]"],
  about: `Puts everything back to what it was before a change that waits for its confirmation, counters included, without
waiting for its end. If its guard is gone, another one does it with what was kept. What is confirmed stays.`,
  switches: SWITCHES,
  examples: [{ does: "Go back now", words: "rollback" }],
  async run(args, io) {
    const line = commandLine(["rollback", ...args], 1),
      { id, outcomes } = await rollbackChange(oneWord(readSwitches(SWITCHES, line), line));
    io.complain(`Change ${id} is rolled back: everything is as it was before.\n`);
    for (const one of outcomes) if (one.foreign) io.complain(`${foreignNote(one)}\n`);
    return 0;
  },
};

/** What there is to know where others wrote while the change waited. */
export const foreignNote = ({ part }: RollbackOutcome): string =>
  `Others had changed ${part} meanwhile; where the change itself had touched it, that is gone.`;
