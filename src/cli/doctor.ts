import { type Diagnosis, diagnose, type FoundBackend, type Problem } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { type Io, type Paint, painter, type Style } from "./io.js";
import { HELP_SWITCH, JSON_SWITCH, NETNS_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";
import { wrap } from "./wrap.js";

const SWITCHES: readonly Switch[] = [JSON_SWITCH, NETNS_SWITCH, HELP_SWITCH];

export const doctor: Command = {
  name: "doctor",
  summary: "Say where the rules live and why, who else has some, and what is missing",
  usage: ["doctor [--netns PATH|NAME|pid:N] [--json]"],
  about: `Looks at the kernel, at both kinds of tables of both families, at the tables and chains of other programs, at sets, the
lock and what this process may do. It loads no module, makes no table and runs no program. The exit status is 1 where
something is in the way, and 0 where there are warnings at the most.`,
  switches: SWITCHES,
  examples: [
    { does: "Why does my rule not show?", words: "doctor" },
    { does: "For a program", words: "doctor --json" },
  ],
  async run(args, io) {
    const line = commandLine(["doctor", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [extra] = given.rest;
    if (extra) line.refuse("doctor takes no further words", extra.index);
    const netns = given.value("netns"),
      lockPath = io.env.XTABLES_LOCKFILE;
    const found = await diagnose({ ...(netns !== undefined && { netns }), ...(lockPath && { lockPath }) });
    await io.write(given.has("json") ? `${JSON.stringify(found, undefined, 2)}\n` : report(found, io));
    return found.healthy ? 0 : 1;
  },
};

const INDENT = 12;
function report(found: Diagnosis, io: Io): string {
  const paint = painter(io, io.terminal.output),
    width = io.terminal.width ?? Number.POSITIVE_INFINITY,
    item = (name: string, text: string, style: Style = "dim") =>
      `${paint(style, name.padEnd(INDENT))}${wrap(text, INDENT, width)}\n`;
  const modules = Object.entries(found.modules).map(([name, state]) => `${name} ${state}`);
  const { capabilities, lock, sets } = found;
  return [
    ...families(found, item, paint),
    "\n",
    item("kernel", `${found.kernel}: ${modules.join(", ")}`),
    ...(capabilities ? [item("rights", capabilities.join(", ") || "none")] : []),
    ...(sets === undefined ? [] : [item("sets", `${sets}`)]),
    item("lock", `${lock.path}, ${lock.holder === undefined ? "free" : `held by pid ${lock.holder}`}`),
    ...found.foreign.map(({ family, table, owner, baseChains }) =>
      item(
        "nf_tables",
        `table ${family} ${table}${owner ? ` of ${owner}` : ""}: ${
          baseChains.map(({ chain, hook, priority }) => `${chain} (${hook} ${priority})`).join(", ") ||
          "no base chains"
        }`,
      ),
    ),
    ...(found.problems.length > 0 ? ["\n"] : []),
    ...found.problems.flatMap(({ severity, problem, remedy }) => [
      item(severity, problem, SEVERITIES[severity]),
      ...(remedy === undefined ? [] : [item("", remedy)]),
    ]),
  ].join("");
}
const SEVERITIES: Readonly<Record<Problem["severity"], Style>> = {
  error: "red",
  warning: "yellow",
  note: "cyan",
};

function* families(
  { families, namespace }: Diagnosis,
  item: (name: string, text: string) => string,
  paint: Paint,
): Generator<string> {
  const where = namespace === undefined ? "" : ` in network namespace ${namespace}`;
  for (const family of ["ipv4", "ipv6"] as const) {
    const { choice, legacy, nft, installed } = families[family],
      chosen = choice ? `${choice.backend}: ${choice.reason}` : "backend not to be told";
    yield `${family === "ipv6" ? "\n" : ""}${paint("bold", family === "ipv4" ? "IPv4" : "IPv6")}${where}, ${chosen}\n`;
    yield item("legacy", tablesOf(legacy));
    yield item("nft", tablesOf(nft));
    if (installed) yield item("installed", `${installed.path} is iptables-${installed.backend}`);
  }
}

function tablesOf({ available, tables, hidden }: FoundBackend): string {
  if (hidden) return "not to be seen in a user namespace; --backend legacy asks for them";
  if (!available) return "not in the kernel now";
  if (tables.length === 0) return "no tables";
  return tables
    .map(({ table, holds, rules, chains }) => {
      const own = chains.length > 0 ? `, ${chains.length} ${chains.length === 1 ? "chain" : "chains"}` : "";
      return `${table} (${holds ? `${rules} ${rules === 1 ? "rule" : "rules"}${own}` : "empty"})`;
    })
    .join(", ");
}
