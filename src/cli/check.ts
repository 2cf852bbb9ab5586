import { networkInterfaces } from "node:os";
import {
  check as checkSafety,
  type Endpoint,
  type Family,
  type HostFacts,
  type Judgement,
  type Rule,
  type SafetyReport,
  worstVerdict,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { type Io, painter } from "./io.js";
import { familiesOf, fromFiles, inForce, type Judged } from "./judged-rules.js";
import { SAFETY_STATUS, safetyText } from "./safety-text.js";
import { addressesOf, familyOfAddress } from "./service-command.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  givenWhere,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
  withFirewall,
} from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "from", value: "ADDRESS[,ADDRESS]", about: "Who must be able to come in. Default: see below." },
  { long: "port", value: "PORT", about: "To which port. Default: 22." },
  { long: "to", value: "ADDRESS", about: "Which of this host's addresses they come to." },
  { long: "in", value: "INTERFACE", about: "By which interface they come; it is no port of a bridge." },
  { long: "udp", about: "The service is UDP, as WireGuard is. Default: TCP." },
  JSON_SWITCH,
  {
    ...FAMILY_SWITCHES[0]!,
    about: "The files are IPv4. Default: what their names say (.v6, ip6), else IPv4.",
  },
  { ...FAMILY_SWITCHES[1]!, about: "The files are IPv6." },
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const check: Command = {
  name: "check",
  summary: "Would these rules cut off ssh? Judge files, or the rules in force",
  usage: ["check [FILE]... [--from ADDRESS] [--port N] [--to ADDRESS] [--in INTERFACE] [--json]"],
  about: `Follows the packets of connections, both ways, through all tables of the files, or of the kernel where no file is
given: new connections, and for IPv6 neighbour discovery. Says whether they are safe, and if not where and by
which rule they are lost, and which rule would help; that it does has been judged too.

Without a word about who must be able to come in, and without files, it is those whom the host knows: who is there
by ssh now, their open connections, ssh servers. With files, or with other words only, it is anyone at all.

A table that a file leaves out is taken as empty, a policy that it leaves open as ACCEPT. With files it needs
neither root nor Linux. Exit status: 0 safe; 3 throttled, a limiter may refuse; 4 unproved, it depends on
something that is not in the rules; 5 cut. The worst finding counts.`,
  switches: SWITCHES,
  examples: [
    { does: "Before loading a file", words: "check rules.v4 --from 203.0.113.7 --in eth0" },
    { does: "The rules in force, and another port", words: "check --from 203.0.113.7 --port 2222" },
    { does: "Those who are there by ssh now, by the rules in force", words: "check" },
    { does: "Is there anyone who can still come in?", words: "check rules.v4 rules.v6" },
  ],
  async run(args, io) {
    const line = commandLine(["check", ...args], 1),
      given = readSwitches(SWITCHES, line),
      found = given.rest.length === 0 && WHO.every((word) => !given.has(word)),
      { report, lines } = found
        ? { report: await ofThoseFound(given, line), lines: new Map<Rule, string>() }
        : await ofThoseNamed(given, line, io);
    if (given.has("json")) await io.write(`${JSON.stringify(report, undefined, 2)}\n`);
    else {
      const paint = painter(io, io.terminal.output);
      await io.write(await safetyText(report, { paint, placeOf: (rule) => lines.get(rule) }));
      for (const note of report.notes ?? []) await io.write(`${paint("dim", `note: ${note}`)}\n`);
    }
    return SAFETY_STATUS[report.verdict];
  },
};
/** Words that say who is to be let in. */
const WHO = ["from", "port", "to", "in", "udp"];

type Report = SafetyReport & Partial<Pick<Judgement, "notes">>;
async function ofThoseNamed(
  given: Given,
  line: CommandLine,
  io: Io,
): Promise<{ readonly report: Report; readonly lines: Judged["lines"] }> {
  const { tables, lines } =
      given.rest.length > 0 ? await fromFiles(given, line, io) : await inForce(given, line),
    endpoints = endpointsOf(given, line, new Set(tables.map(({ family }) => family)));
  return { report: await checkSafety(tables, endpoints, { facts: factsOf(given) }), lines };
}
/** Whom the host itself knows, by the rules in force. */
async function ofThoseFound(given: Given, line: CommandLine): Promise<Report> {
  const all: Judgement[] = [];
  for (const family of familiesOf(given, line))
    await withFirewall(family, givenWhere(given, line), async (firewall) => {
      all.push(await firewall.judge());
    });
  // A family of which nobody was found says nothing about the other.
  const found = all.filter(({ endpoints }) => endpoints.length > 0);
  return {
    verdict: found.length === 0 ? "unproved" : worstVerdict(found.map(({ verdict }) => verdict)),
    endpoints: found.flatMap(({ endpoints }) => endpoints),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}

function endpointsOf(given: Given, line: CommandLine, families: ReadonlySet<Family>): readonly Endpoint[] {
  const from = addressesOf(given, "from", line),
    [to, second] = addressesOf(given, "to", line),
    port = portOf(given, line),
    device = given.value("in");
  if (second !== undefined) line.refuse("--to takes one address", given.place("to") + 1);
  const whom: readonly (string | undefined)[] = from.length > 0 ? from : [...families].map(() => undefined);
  return whom.map((one, i) => {
    const family = one === undefined ? [...families][i]! : familyOfAddress(one);
    if (!families.has(family))
      line.refuse(
        `there are no ${family === "ipv6" ? "IPv6" : "IPv4"} rules to judge it by`,
        given.place("from") + 1,
      );
    return {
      family,
      protocol: given.has("udp") ? "udp" : "tcp",
      port,
      ...(one !== undefined && { from: one }),
      ...(to !== undefined && familyOfAddress(to) === family && { to }),
      ...(device !== undefined && { interfaces: [device] }),
      provenance: [],
    };
  });
}

const SSH = 22;
function portOf(given: Given, line: CommandLine): number {
  const text = given.value("port");
  if (text === undefined) return SSH;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port <= 0xffff ? port : line.refuse(`"${text}" is no port`, given.place("port") + 1);
}

/** What can be told without asking the kernel for more than it tells everyone. */
function factsOf(given: Given): HostFacts {
  const live = given.rest.length === 0 && !given.has("netns"),
    own = Object.values(networkInterfaces()).flatMap((one) => one?.map(({ address }) => address) ?? []);
  return {
    now: Date.now(),
    // sshd's sockets are root's.
    owner: 0,
    ...(given.has("in") && { bridges: [] }),
    ...(live && { addresses: own }),
  };
}
