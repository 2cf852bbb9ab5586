import { bootRulesPath, isTableName, RampartError, type TableName, writeRulesFile } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  familyOf,
  givenProfile,
  givenWhere,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
  PROFILE_SWITCH,
  withFirewall,
} from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "table", short: "t", value: "TABLE", about: "Only this table. Default: every table that exists." },
  { long: "counters", short: "c", about: "Packets and bytes of every rule, as [packets:bytes] before it." },
  {
    long: "file",
    short: "f",
    value: "FILE",
    about: "Write to FILE: atomically, with mode 0640 where it is new. Default: standard output.",
  },
  {
    long: "boot",
    about:
      "Write to /etc/iptables/rules.v4 or rules.v6, which iptables-persistent loads at boot where it is installed.",
  },
  {
    long: "modprobe",
    short: "M",
    value: "COMMAND",
    about: "Accepted for iptables' sake; Rampart asks the program that the kernel names.",
  },
  JSON_SWITCH,
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  PROFILE_SWITCH,
  HELP_SWITCH,
];

export const save: Command = {
  name: "save",
  summary: "Print the rules as text that `restore` reads, or write them to a file",
  usage: ["save [-t TABLE] [-c] [-4|-6] [-f FILE | --boot] [--json]"],
  about: `Prints what iptables-save prints, byte for byte but for the comment lines. A file is written whole or not at
all: a crash in the middle leaves the old one. Where a rule holds something that Rampart cannot write as
text, save fails and names it, rather than leave it out.`,
  switches: SWITCHES,
  examples: [
    { does: "See all rules with their counters", words: "save -c" },
    { does: "Keep the rules over a restart", words: "save --boot && rampart save -6 --boot" },
    { does: "The filter table as JSON", words: "save -t filter --json" },
  ],
  async run(args, io) {
    const line = commandLine(["save", ...args], 1),
      given = readSwitches(SWITCHES, line),
      family = familyOf(given, line),
      profile = givenProfile(given, line);
    const [extra] = given.rest;
    if (extra) line.refuse("save takes no further words; to write to a file: -f FILE", extra.index);
    if (given.has("file") && given.has("boot"))
      line.refuse("-f and --boot exclude each other", given.place("boot"));
    const only = tableOf(given.value("table"));
    const path = given.has("boot") ? bootRulesPath(family) : given.value("file");
    await withFirewall(family, givenWhere(given, line), async (firewall) => {
      const tables = only ? [only] : await firewall.tables();
      async function* json(): AsyncGenerator<string> {
        const read = [];
        for (const name of tables) read.push(await firewall.read(name));
        yield `${JSON.stringify({ family, tables: read }, undefined, 2)}\n`;
      }
      const chunks = given.has("json")
        ? json()
        : firewall.saveChunks({ tables, counters: given.has("counters"), profile });
      if (path !== undefined) await writeRulesFile(path, chunks);
      else for await (const chunk of chunks) await io.write(chunk);
    });
    return 0;
  },
};

export function tableOf(name: string | undefined): TableName | undefined {
  if (name !== undefined && !isTableName(name)) throw new RampartError("no-such-table", { table: name });
  return name;
}
