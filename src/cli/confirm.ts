import { confirmChange, extendChange } from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { HELP_SWITCH } from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  {
    long: "extend",
    value: "SECONDS",
    about: "Do not confirm yet: wait so many seconds from now on.",
  },
  HELP_SWITCH,
];

export const confirm: Command = {
  name: "confirm",
  summary: "Keep the rules that `apply` is trying",
  usage: ["confirm [ID | TOKEN]", "confirm --extend SECONDS [ID | TOKEN]"],
  about: `Keeps a change that waits for its confirmation: the only one there is, or the one of that id. It can be given by any
login of root, and should be by a new one: that it could be made is the proof. Files that the change was to save are
written now. Too late is an error: then everything is as it was before.`,
  switches: SWITCHES,
  examples: [
    { does: "Keep the change that waits", words: "confirm" },
    { does: "Have five minutes more", words: "confirm --extend 300" },
  ],
  async run(args, io) {
    const line = commandLine(["confirm", ...args], 1),
      given = readSwitches(SWITCHES, line),
      word = oneWord(given, line),
      more = given.value("extend");
    if (more !== undefined) {
      if (!/^\d+$/.test(more) || Number(more) < 1)
        line.refuse(`"${more}" is no number of seconds`, given.place("extend") + 1);
      const id = await extendChange(Number(more) * 1000, word);
      io.complain(`Change ${id} waits for ${more} s from now on.\n`);
    } else io.complain(`Change ${await confirmChange(word)} is confirmed: its rules stay.\n`);
    return 0;
  },
};

/** The id or token, where one is given. */
export function oneWord(given: Given, line: CommandLine): string | undefined {
  const [first, extra] = given.rest;
  if (extra) line.refuse("one change at a time", extra.index);
  return first?.word;
}
