import { migrate as carry, type MigratedTable } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { withModules } from "./modules.js";
import { EITHER_FAMILY_SWITCHES, familyOf, HELP_SWITCH, JSON_SWITCH, NETNS_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "to", value: "nft", about: "Where to: nft, the tables of iptables-nft." },
  { long: "dry-run", about: "Ask the kernel whether it takes all of it, and change nothing." },
  ...EITHER_FAMILY_SWITCHES,
  JSON_SWITCH,
  NETNS_SWITCH,
  HELP_SWITCH,
];

export const migrate: Command = {
  name: "migrate",
  summary: "Carry the rules of iptables-legacy over to iptables-nft",
  usage: ["migrate --to nft [--dry-run] [-4|-6] [--netns PATH|NAME|pid:N] [--json]"],
  about: `Carries all tables of both families over, with their counters: those of a family in one transaction. What was written
is read back and compared, and only then the legacy tables are emptied, so that no packet finds the door open. Where a table of
iptables-nft holds other rules already, or a rule cannot be carried, nothing is changed; a failure on the way is undone.`,
  switches: SWITCHES,
  examples: [
    { does: "Would it work?", words: "migrate --to nft --dry-run" },
    { does: "Do it", words: "migrate --to nft" },
  ],
  async run(args, io) {
    const line = commandLine(["migrate", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [extra] = given.rest;
    if (extra) line.refuse("migrate takes no further words", extra.index);
    const to = given.value("to");
    if (to === undefined) return line.refuse("where to? --to nft", args.length);
    if (to !== "nft")
      return line.refuse(`"${to}" is no backend to migrate to: it is nft`, given.place("to") + 1);
    const one = familyOf(given, line),
      netns = given.value("netns"),
      dryRun = given.has("dry-run");
    const done = await withModules(() =>
      carry({
        to,
        dryRun,
        ...((given.has("ipv4") || given.has("ipv6")) && { families: [one] }),
        ...(netns !== undefined && { netns }),
      }),
    );
    if (given.has("json")) await io.write(`${JSON.stringify(done, undefined, 2)}\n`);
    else for (const text of report(done.tables, dryRun)) await io.write(text);
    return 0;
  },
};

function* report(tables: readonly MigratedTable[], dryRun: boolean): Generator<string> {
  if (tables.length === 0) yield "The legacy tables hold no rules: there is nothing to carry.\n";
  for (const { family, table, rules, chains, wasThere } of tables) {
    const what = `${rules} ${rules === 1 ? "rule" : "rules"}, ${chains} ${chains === 1 ? "chain" : "chains"} of its own`;
    yield `${family} ${table}: ${what}${wasThere ? ", there already" : ""}\n`;
  }
  if (tables.length > 0)
    yield dryRun
      ? "The kernel would take all of it. Nothing was changed.\n"
      : "Carried over to iptables-nft's tables; the legacy tables are empty now.\n";
}
