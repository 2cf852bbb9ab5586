import {
  applySection,
  emptyTable,
  type Family,
  parseRulesAsync,
  type Rule,
  readRulesFile,
  systemNames,
  type Table,
} from "../index.js";
import type { CommandLine } from "./command-line.js";
import { type Io, STANDARD_INPUT } from "./io.js";
import { familyOf, givenWhere, withFirewall } from "./session.js";
import type { Given } from "./switches.js";

export interface Judged {
  readonly tables: readonly Table[];
  /** Where rules stand in their files. */
  readonly lines: ReadonlyMap<Rule, string>;
}

const SIX = /v6|ip6/;
/** The tables that files would make of an empty firewall. `-` is standard input. */
export async function fromFiles(given: Given, line: CommandLine, io: Io): Promise<Judged> {
  const told = given.has("ipv4") || given.has("ipv6") ? familyOf(given, line) : undefined,
    names = await systemNames(),
    tables: Table[] = [],
    lines = new Map<Rule, string>();
  for (const { word } of given.rest) {
    const file = word === "-" ? STANDARD_INPUT : word,
      text = word === "-" ? await io.input() : await readRulesFile(word),
      family: Family = told ?? (SIX.test(file) ? "ipv6" : "ipv4");
    const parsed = await parseRulesAsync(text, { family, names, file });
    for (const section of parsed.tables) {
      for (const command of section.commands)
        if (command.command === "append")
          for (const [i, rule] of command.rules.entries()) lines.set(rule, `${file}:${command.lines[i]}`);
      const at = tables.findIndex((table) => table.family === family && table.name === section.table);
      const next = applySection(section, emptyTable(family, section.table, {}), { file, text });
      // A table that comes twice replaces itself.
      if (at < 0) tables.push(next);
      else tables[at] = next;
    }
  }
  return { tables, lines };
}

/** Both unless one is named. */
export function familiesOf(given: Given, line: CommandLine): readonly Family[] {
  const one = familyOf(given, line);
  return given.has("ipv4") || given.has("ipv6") ? [one] : ["ipv4", "ipv6"];
}
/** What the kernel has now. */
export async function inForce(given: Given, line: CommandLine): Promise<Judged> {
  const tables: Table[] = [];
  for (const family of familiesOf(given, line))
    await withFirewall(family, givenWhere(given, line), async (firewall) => {
      tables.push(...Object.values(await firewall.read()));
    });
  return { tables, lines: new Map() };
}
