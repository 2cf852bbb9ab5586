import { type Family, systemListingNames, type Table } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { painter } from "./io.js";
import { familyTitle, tableOverview } from "./overview.js";
import { tableOf } from "./save.js";
import {
  BACKEND_SWITCH,
  EITHER_FAMILY_SWITCHES,
  familyOf,
  givenWhere,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
  withFirewall,
} from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  {
    long: "table",
    short: "t",
    value: "TABLE",
    about: "Only this table. Default: every one that holds something.",
  },
  { long: "exact", short: "x", about: "Counters to the last digit, instead of in K, M, G and T." },
  JSON_SWITCH,
  ...EITHER_FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const show: Command = {
  name: "show",
  summary: "Show the whole firewall, with its counters, as a table to read",
  usage: ["show [CHAIN] [-t TABLE] [-x] [-4|-6] [--json]"],
  about: `Shows every table of both families that holds something: a rule a line, in the order in which they are tried, and
at the end of each chain what becomes of all other packets. Columns in which no rule says anything are left out.
For the columns of iptables, which do not change: rampart -L.`,
  switches: SWITCHES,
  examples: [
    { does: "All there is", words: "show" },
    { does: "What may come in", words: "show INPUT -t filter" },
  ],
  async run(args, io) {
    const line = commandLine(["show", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [chain, extra] = given.rest;
    if (extra) line.refuse("show takes one chain", extra.index);
    const only = tableOf(given.value("table")),
      one = familyOf(given, line);
    const families: readonly Family[] = given.has("ipv4") || given.has("ipv6") ? [one] : ["ipv4", "ipv6"];
    const read: Table[] = [];
    let backend = "";
    for (const family of families)
      await withFirewall(family, givenWhere(given, line), async (firewall) => {
        backend = firewall.backend;
        for (const name of only ? [only] : await firewall.tables()) read.push(await firewall.read(name));
      });
    const wanted = (table: Table) => (chain ? table.has(chain.word) : only !== undefined || holds(table));
    const tables = read.filter(wanted);
    if (chain && tables.length === 0) line.refuse(`no table has a chain ${chain.word}`, chain.index);
    if (given.has("json")) {
      await io.write(`${JSON.stringify({ tables }, undefined, 2)}\n`);
      return 0;
    }
    const layout = { paint: painter(io, io.terminal.output), width: io.terminal.width },
      options = { names: await systemListingNames(), exact: given.has("exact") };
    let between = "";
    for (const family of families) {
      const own = tables.filter((table) => table.family === family);
      if (own.length === 0 && !chain)
        await io.write(`${between}${familyTitle(family, layout)}: no rules in its ${backend} tables.\n`);
      for (const table of own) {
        await io.write(between);
        for (const text of tableOverview(table, chain ? [chain.word] : table.chains, options, layout))
          await io.write(text);
        between = "\n";
      }
    }
    return 0;
  },
};

const holds = (table: Table): boolean =>
  table.chains.some((name) => table.policyOf(name) !== "ACCEPT" || table.rules(name).length > 0);
