import {
  allow as allowService,
  established,
  forward,
  isServiceName,
  loopback,
  SERVICES,
  type Service,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { addressesOf, runService, SERVICE_SWITCHES, serviceFamily } from "./service-command.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  {
    long: "from",
    value: "ADDRESS[,ADDRESS]",
    about: "Only from there: an address or a network. Default: anyone.",
  },
  { long: "in", value: "INTERFACE", about: "Only what comes in through that interface." },
  { long: "outgoing", about: "Let this host use the service elsewhere, instead of others here." },
  { long: "to", value: "ADDRESS[,ADDRESS]", about: "Outgoing, only to there." },
  {
    long: "out",
    value: "INTERFACE",
    about: "Outgoing, only through that interface; with forward, the external one.",
  },
  ...SERVICE_SWITCHES,
];
const NAMES = [...Object.keys(SERVICES), "loopback", "established", "forward"];

export const allow: Command = {
  name: "allow",
  summary: "Let a service through: ssh, https, postgresql, ...",
  usage: [
    "allow SERVICE [--from ADDRESS] [--in INTERFACE] [--dry-run]",
    "allow SERVICE --outgoing [--to ADDRESS] [--out INTERFACE]",
    "allow loopback | established",
    "allow forward --in INTERNAL --out EXTERNAL",
  ],
  about: `Services: ${Object.entries(SERVICES)
    .map(([name, { ports }]) => `${name} (${ports.join(", ")})`)
    .join(", ")}.

Adds the rules for new connections one way and established ones back. They land before the first rule of their
chain that may keep them from working, such as a final DROP; blocks of single addresses stay above. Running it
again changes nothing.`,
  switches: SWITCHES,
  examples: [
    { does: "ssh from one network only", words: "allow ssh --from 203.0.113.0/24" },
    { does: "A web server", words: "allow web" },
    { does: "A database on the private interface", words: "allow postgresql --in eth1" },
    { does: "See first what would be done", words: "allow https --dry-run" },
  ],
  async run(args, io) {
    const line = commandLine(["allow", ...args], 1),
      given = readSwitches(SWITCHES, line);
    const [name, extra] = given.rest;
    if (!name) return line.refuse(`what shall be allowed? One of ${NAMES.join(", ")}`, args.length);
    if (extra) line.refuse("one service at a time", extra.index);
    const from = addressesOf(given, "from", line),
      to = addressesOf(given, "to", line);
    const service = chosen(name, from, to, given, line);
    return runService(service, serviceFamily(given, [...from, ...to], line), given, line, io);
  },
};

function chosen(
  { word, index }: { word: string; index: number },
  from: readonly string[],
  to: readonly string[],
  given: Given,
  line: CommandLine,
): Service {
  const none = (...switches: readonly string[]) => {
    for (const one of switches)
      if (given.has(one)) line.refuse(`--${one} has no meaning with ${word}`, given.place(one));
  };
  const into = given.value("in"),
    out = given.value("out");
  if (word === "forward") {
    none("from", "to", "outgoing");
    if (into === undefined || out === undefined)
      return line.refuse("forward needs both: --in INTERNAL --out EXTERNAL", index);
    return forward(into, out);
  }
  if (word === "loopback" || word === "established") {
    none("from", "to", "outgoing", "in", "out");
    return word === "loopback" ? loopback() : established();
  }
  if (!isServiceName(word))
    return line.refuse(`no service "${word}": it is one of ${NAMES.join(", ")}`, index);
  const outgoing = given.has("outgoing") || given.has("to") || given.has("out");
  none(...(outgoing ? ["from", "in"] : []));
  const peers = outgoing ? to : from,
    device = outgoing ? out : into;
  return allowService(word, {
    direction: outgoing ? "out" : "in",
    ...(peers.length > 0 && { from: peers }),
    ...(device !== undefined && { interface: device }),
  });
}
