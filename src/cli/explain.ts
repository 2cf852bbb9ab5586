import {
  type Explanation,
  explain as explainPacket,
  type Fate,
  type PacketQuery,
  type Protocol,
  parseRule,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { type Paint, painter } from "./io.js";
import { fromFiles, inForce, type Judged } from "./judged-rules.js";
import { stepLines } from "./safety-text.js";
import { BACKEND_SWITCH, FAMILY_SWITCHES, HELP_SWITCH, JSON_SWITCH, NETNS_SWITCH } from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  {
    long: "in",
    short: "i",
    value: "INTERFACE",
    about: "It comes in there. Without it and with --out this host sends it.",
  },
  { long: "out", short: "o", value: "INTERFACE", about: "It goes out there; with --in it is forwarded." },
  { long: "source", short: "s", value: "ADDRESS[/LEN]", about: "From there." },
  { long: "destination", short: "d", value: "ADDRESS[/LEN]", about: "To there." },
  {
    long: "protocol",
    short: "p",
    value: "PROTOCOL",
    about: "tcp, udp, icmp, ... or a number. Default: tcp where ports are given.",
  },
  { long: "sport", value: "PORT", about: "From that port." },
  { long: "dport", value: "PORT", about: "To that port." },
  {
    long: "ctstate",
    value: "STATE",
    about: "NEW, which is the default, ESTABLISHED, RELATED, INVALID or UNTRACKED.",
  },
  {
    long: "tcp-flags",
    value: "FLAG[,FLAG]",
    about: "The TCP flags that are set. Default: SYN, of a new connection.",
  },
  JSON_SWITCH,
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const explain: Command = {
  name: "explain",
  summary: "The way of a packet through the rules, of files or in force",
  usage: [
    "explain [-i IN] [-o OUT] [-s ADDRESS] [-d ADDRESS] [-p PROTOCOL] [--sport N] [--dport N] [FILE]...",
  ],
  about: `Follows a packet, or all packets that the words leave open, through every table, rule by rule: which rules it
matches, what NAT makes of it, and what decides. Where that depends on something that is neither in the rules
nor in the words, every case is shown, with what it depends on.`,
  switches: SWITCHES,
  examples: [
    {
      does: "Why does the web server not answer?",
      words: "explain -i eth0 -s 203.0.113.7 -p tcp --dport 443",
    },
    { does: "A forwarded packet, by a file", words: "explain -i eth1 -o eth0 -p udp --dport 53 rules.v4" },
  ],
  async run(args, io) {
    const line = commandLine(["explain", ...args], 1),
      given = readSwitches(SWITCHES, line),
      judged = given.rest.length > 0 ? await fromFiles(given, line, io) : await inForce(given, line);
    const explanation = await explainPacket(judged.tables, queryOf(given, line), {
      facts: { now: Date.now() },
    });
    if (given.has("json")) await io.write(`${JSON.stringify(explanation, undefined, 2)}\n`);
    else await io.write(await explanationText(explanation, judged, painter(io, io.terminal.output)));
    return 0;
  },
};

function queryOf(given: Given, line: CommandLine): PacketQuery {
  const source = given.value("source"),
    destination = given.value("destination"),
    six = given.has("ipv6") || /:/.test(`${source ?? ""}${destination ?? ""}`),
    family = six ? "ipv6" : "ipv4";
  // iptables' own reading of addresses, interfaces and protocols.
  const words = (
    [
      ["-s", source],
      ["-d", destination],
      ["-p", given.value("protocol")],
      ["-i", given.value("in")],
      ["-o", given.value("out")],
    ] as const
  )
    .filter(([, value]) => value !== undefined)
    .flatMap((pair) => pair as readonly string[]);
  const rule = parseRule(words.join(" "), { family }),
    port = (name: string): number | undefined => {
      const text = given.value(name);
      if (text === undefined) return undefined;
      return /^\d{1,5}$/.test(text) && Number(text) <= 0xffff
        ? Number(text)
        : line.refuse(`"${text}" is no port`, given.place(name) + 1);
    };
  const plain = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const sport = port("sport"),
    dport = port("dport"),
    from = plain(rule.source),
    to = plain(rule.destination);
  const query: { -readonly [K in keyof PacketQuery]: PacketQuery[K] } = { family };
  if (from !== undefined) query.source = from;
  if (to !== undefined) query.destination = to;
  if (rule.protocol !== undefined) query.protocol = rule.protocol as Protocol;
  if (sport !== undefined) query.sport = sport;
  if (dport !== undefined) query.dport = dport;
  const inInterface = plain(rule.inInterface),
    outInterface = plain(rule.outInterface);
  if (inInterface !== undefined) query.inInterface = inInterface;
  if (outInterface !== undefined) query.outInterface = outInterface;
  const state = oneOf(
    "ctstate",
    ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"] as const,
    given,
    line,
  )[0];
  if (state) query.ctstate = state;
  const flags = oneOf("tcp-flags", ["FIN", "SYN", "RST", "PSH", "ACK", "URG"] as const, given, line);
  if (flags.length > 0) query.tcpFlags = flags;
  return query;
}
function oneOf<W extends string>(
  long: string,
  words: readonly W[],
  given: Given,
  line: CommandLine,
): readonly W[] {
  return (given.value(long)?.toUpperCase().split(",") ?? []).map(
    (word) =>
      words.find((one) => one === word) ??
      line.refuse(`"${word}" is not one of ${words.join(", ")}`, given.place(long) + 1),
  );
}

async function explanationText(
  { verdict, fates }: Explanation,
  judged: Judged,
  paint: Paint,
): Promise<string> {
  const style = { accepted: "green", lost: "red", depends: "yellow" } as const,
    lines = [`${paint(style[verdict], verdict.toUpperCase())}\n`];
  for (const fate of fates) {
    lines.push(fateLine(fate, paint));
    lines.push(await stepLines(fate.path, { paint, placeOf: (rule) => judged.lines.get(rule) }));
  }
  return lines.join("");
}
function fateLine({ fate, how, doubts, packet }: Fate, paint: Paint): string {
  const when = doubts.length > 0 ? ` depending on ${doubts.map(({ what }) => what).join("; ")}` : "",
    shown = paint(fate === "accepted" ? "green" : "red", how ?? "accepted");
  return `${shown}${when}: from ${packet.source} port ${packet.sport} to ${packet.destination ?? "any address"} port ${packet.dport}\n`;
}
