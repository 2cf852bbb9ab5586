import { type Family, isTableName, RampartError, type TableChange, type TableDifference } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { type Paint, painter } from "./io.js";
import {
  BACKEND_SWITCH,
  EITHER_FAMILY_SWITCHES,
  familyOf,
  givenWhere,
  HELP_SWITCH,
  NETNS_SWITCH,
  withFirewall,
} from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "table", short: "t", value: "TABLE", about: "Only this table. Default: all five." },
  {
    long: "interval",
    value: "SECONDS",
    about: "How often the legacy tables, which tell nobody, are looked at. Default: 1.",
  },
  { long: "json", about: "Print a line of JSON for each change." },
  ...EITHER_FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const monitor: Command = {
  name: "monitor",
  summary: "Show every change of the rules as it happens, and who made it",
  usage: ["monitor [-t TABLE] [-4|-6] [--interval SECONDS] [--json]"],
  about: `Prints what changes until it is ended: + what is new, - what is gone, with the number of the rule. nf_tables tells at
once, and by whom; the legacy tables are looked at every now and then, so what came and went between two looks is not seen.`,
  switches: SWITCHES,
  examples: [
    { does: "Who changes my rules?", words: "monitor" },
    { does: "For a program", words: "monitor --json" },
  ],
  async run(args, io) {
    const line = commandLine(["monitor", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [extra] = given.rest;
    if (extra) line.refuse("monitor takes no further words", extra.index);
    const table = given.value("table"),
      seconds = given.value("interval") ?? "1";
    if (table !== undefined && !isTableName(table)) throw new RampartError("no-such-table", { table });
    if (!(Number(seconds) > 0))
      line.refuse(`"${seconds}" is not a number of seconds`, given.place("interval") + 1);
    const one = familyOf(given, line),
      families: readonly Family[] = given.has("ipv4") || given.has("ipv6") ? [one] : ["ipv4", "ipv6"];
    const show = given.has("json") ? asJson : asText(painter(io, io.terminal.output));
    // The first that fails ends the other.
    const ended = new AbortController();
    await Promise.all(
      families.map((family) =>
        withFirewall(family, givenWhere(given, line), async (firewall) => {
          const options = {
            interval: Number(seconds) * 1000,
            signal: ended.signal,
            ...(table && { tables: [table] }),
          };
          for await (const change of firewall.watch(options)) await io.write(show(change));
        }).finally(() => ended.abort()),
      ),
    );
    return 0;
  },
};

function asJson({ family, table, by, generation, differences }: TableChange): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ time, family, table, by, generation, differences })}\n`;
}
const asText =
  (paint: Paint) =>
  ({ family, table, by, differences }: TableChange): string => {
    const who = by.map(({ name, pid }) => `${name} (pid ${pid})`).join(", "),
      time = new Date().toTimeString().slice(0, 8);
    const head = `${paint("dim", time)} ${paint("bold", `${family} ${table}`)}${who && ` by ${who}`}\n`;
    return head + differences.map((one) => differenceText(one, paint)).join("");
  };

function differenceText(one: TableDifference, paint: Paint): string {
  const { chain } = one;
  switch (one.kind) {
    case "chain-added":
      return paint("green", `  + -N ${chain}\n`);
    case "chain-removed":
      return paint("red", `  - -N ${chain}\n`);
    case "policy":
      return paint("yellow", `  + -P ${chain} ${one.policy} (was ${one.before})\n`);
    default: {
      const added = one.kind === "rule-added",
        text = one.text ?? `-A ${chain} (a rule that has no text)`;
      return paint(added ? "green" : "red", `  ${added ? "+" : "-"} ${text} (rule ${one.ruleNumber})\n`);
    }
  }
}
