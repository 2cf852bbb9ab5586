import { type LintFinding, lint as lintRules, printRule, systemNames } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { painter } from "./io.js";
import { fromFiles, inForce } from "./judged-rules.js";
import { otherFilters } from "./other-filters.js";
import { BACKEND_SWITCH, FAMILY_SWITCHES, HELP_SWITCH, JSON_SWITCH, NETNS_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  JSON_SWITCH,
  { ...FAMILY_SWITCHES[0]!, about: "Only IPv4; files are IPv4. Default: both, files by their names." },
  { ...FAMILY_SWITCHES[1]!, about: "Only IPv6; files are IPv6." },
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const lint: Command = {
  name: "lint",
  summary: "Rules that never match, doubles, traps: in files, or in force",
  usage: ["lint [FILE]... [-4|-6] [--json]"],
  about: `Finds rules that can never match, because of themselves or of an earlier one, doubles, chains that nothing leads to,
a policy of DROP in nat, ESTABLISHED accepted late or where raw keeps packets from conntrack, ports that Docker
publishes past INPUT, and IPv6 left open where IPv4 is closed; of the rules in force also what else filters on this
host: nft's base chains of any family, the other backend. Each with the rule, the reason and what to do.
Ends with 1 where anything was found.`,
  switches: SWITCHES,
  examples: [
    { does: "Both boot files", words: "lint /etc/iptables/rules.v4 /etc/iptables/rules.v6" },
    { does: "The rules in force", words: "lint" },
  ],
  async run(args, io) {
    const line = commandLine(["lint", ...args], 1),
      given = readSwitches(SWITCHES, line),
      { tables, lines } =
        given.rest.length > 0 ? await fromFiles(given, line, io) : await inForce(given, line),
      findings = await lintRules(tables),
      others = given.rest.length > 0 ? [] : await otherFilters(given.value("netns")),
      paint = painter(io, io.terminal.output),
      names = await systemNames();
    const text = ({ rule, family, chain }: LintFinding): string =>
      rule ? `    -A ${chain} ${attempt(() => printRule(rule, { family, names }))}\n` : "";
    if (given.has("json")) await io.write(`${JSON.stringify([...findings, ...others], undefined, 2)}\n`);
    else {
      for (const one of findings) {
        const place = `${one.family} ${one.table}/${one.chain}${one.number === undefined ? "" : ` #${one.number}`}`,
          file = one.rule && lines.get(one.rule);
        await io.write(
          `${paint("bold", place)}${file ? ` (${file})` : ""}: ${paint("yellow", one.kind)}: ${one.reason}; ${one.remedy}\n${text(one)}`,
        );
      }
      for (const { kind, family, table, reason, remedy } of others)
        await io.write(
          `${paint("bold", table === undefined ? family : `${family} ${table}`)}: ${paint("yellow", kind)}: ${reason}; ${remedy}\n`,
        );
    }
    return findings.length + others.length > 0 ? 1 : 0;
  },
};
function attempt(text: () => string): string {
  try {
    return text();
  } catch {
    return "(a rule that has no text)";
  }
}
