import {
  bootRulesPath,
  type Firewall,
  isRampartError,
  type RestoreOptions,
  readRulesFile,
} from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { type Io, STANDARD_INPUT } from "./io.js";
import { tableOf } from "./save.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  FORCE_SWITCH,
  familyOf,
  givenProfile,
  givenWhere,
  HELP_SWITCH,
  NETNS_SWITCH,
  PROFILE_SWITCH,
  patiently,
  WAIT_SWITCH,
  withFirewall,
  writingOf,
} from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  {
    long: "noflush",
    short: "n",
    about: "Add to the rules that are there. Default: each table of the file replaces its own.",
  },
  { long: "counters", short: "c", about: "Take the counters from the file. Default: they start from zero." },
  {
    long: "test",
    short: "t",
    about: "Change nothing, but have the kernel try everything where nothing comes of it.",
  },
  { long: "table", short: "T", value: "TABLE", about: "Only this table of the file." },
  { long: "boot", about: "Read the boot file: /etc/iptables/rules.v4 or rules.v6." },
  { long: "verbose", short: "v", about: "Say on standard error what was done." },
  WAIT_SWITCH,
  FORCE_SWITCH,
  {
    long: "wait-interval",
    short: "W",
    value: "MICROSECONDS",
    about: "Accepted for iptables' sake; it has no meaning any more there either.",
  },
  {
    long: "modprobe",
    short: "M",
    value: "COMMAND",
    about: "Accepted for iptables' sake; Rampart asks the program that the kernel names.",
  },
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  PROFILE_SWITCH,
  HELP_SWITCH,
];

export const restore: Command = {
  name: "restore",
  summary: "Load rules from a file or standard input, whole or not at all",
  usage: ["restore [-n] [-c] [-t] [-T TABLE] [-w SECONDS] [-4|-6] [FILE | --boot]"],
  about: `Reads what iptables-save and \`rampart save\` write. Every line is parsed and every rule encoded before the first
table is touched, so a mistake anywhere changes nothing; it is shown with its line and a caret. Each table is
then replaced in one step: no packet meets half of it.`,
  switches: SWITCHES,
  examples: [
    { does: "Check a file before it counts", words: "restore --test /etc/iptables/rules.v4" },
    { does: "Load it", words: "restore /etc/iptables/rules.v4" },
    { does: "Add rules and keep the others", words: "restore -n < more.rules" },
  ],
  async run(args, io) {
    const line = commandLine(["restore", ...args], 1),
      given = readSwitches(SWITCHES, line),
      family = familyOf(given, line),
      writing = writingOf(given, line),
      profile = givenProfile(given, line);
    const [file, extra] = given.rest;
    if (extra) line.refuse("restore reads one file", extra.index);
    if (file && given.has("boot")) line.refuse("--boot names its own file", file.index);
    const table = tableOf(given.value("table"));
    const path = given.has("boot") ? bootRulesPath(family) : file?.word === "-" ? undefined : file?.word;
    const text = path === undefined ? await io.input() : await readRulesFile(path);
    const how: RestoreOptions = {
      noflush: given.has("noflush"),
      counters: given.has("counters"),
      file: path ?? STANDARD_INPUT,
      profile,
      ...(table && { table }),
    };
    const test = given.has("test");
    await withFirewall(family, givenWhere(given, line), (firewall) =>
      patiently(io, writing, (options) =>
        test
          ? tryOut(firewall, text, { ...how, ...options }, io)
          : firewall.restore(text, { ...how, ...options }),
      ),
    );
    if (given.has("verbose"))
      io.complain(
        `${path ?? STANDARD_INPUT}: ${test ? "no mistake found, nothing was changed" : "loaded"}\n`,
      );
    return 0;
  },
};

/** The kernel is asked where one may; without the right to, the text is still checked as far as that goes. */
async function tryOut(firewall: Firewall, text: string, how: RestoreOptions, io: Io): Promise<void> {
  try {
    await firewall.restore(text, { ...how, dryRun: "kernel" });
  } catch (error) {
    if (!isRampartError(error, "permission")) throw error;
    await firewall.restore(text, { ...how, test: true });
    io.complain(
      "The kernel was not asked, which takes root: only what can be read and encoded was checked.\n",
    );
  }
}
