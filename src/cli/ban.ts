import { type BansOptions, openBans, readRulesFile } from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { BACKEND_SWITCH, givenWhere, HELP_SWITCH, JSON_SWITCH, NETNS_SWITCH } from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const WHERE: readonly Switch[] = [JSON_SWITCH, NETNS_SWITCH, BACKEND_SWITCH, HELP_SWITCH],
  FILE_SWITCH: Switch = {
    long: "file",
    short: "f",
    value: "FILE",
    about: "Take addresses from FILE too, one a line.",
  };
const BAN_SWITCHES: readonly Switch[] = [
  {
    long: "timeout",
    short: "t",
    value: "TIME",
    about: "It ends by itself: 600, 10m, 2h, 1d. Default: it stays.",
  },
  { long: "reason", short: "r", value: "TEXT", about: "Is kept with it; `bans` shows it." },
  { long: "kill", short: "k", about: "End what they have open now, too." },
  { long: "no-safe", about: "Ban this host, its gateway and your own session too." },
  FILE_SWITCH,
  ...WHERE,
];

export const ban: Command = {
  name: "ban",
  summary: "Shut addresses out one by one, for a time or for good",
  usage: ["ban ADDRESS... [--timeout TIME] [--reason TEXT] [--kill] [-f FILE] [--json]"],
  about: `The kernel keeps the bans in a set and ends them by itself. The rule that uses it is put on top of INPUT, so that
it holds for established connections too. Each address has a line of its own: added, present (it has the new time and
reason then), or refused and why; any refused one makes the exit status 1. What is safe is refused: this host, its
gateway and name servers, and whoever is logged in by ssh.`,
  switches: BAN_SWITCHES,
  examples: [
    {
      does: "An hour for one who tries passwords",
      words: "ban 203.0.113.51 --timeout 1h --reason passwords --kill",
    },
    { does: "A network, for good", words: "ban 198.51.100.0/24" },
  ],
  async run(args, io) {
    const line = commandLine(["ban", ...args], 1),
      given = readSwitches(BAN_SWITCHES, line),
      addresses = await addressesOf(given, line),
      reason = given.value("reason"),
      bans = openBans({ ...optionsOf(given, line), ...(given.has("no-safe") && { safe: false }) });
    const report = await bans.ban(addresses, {
      timeout: secondsOf(given, line),
      killConnections: given.has("kill"),
      ...(reason !== undefined && { reason }),
    });
    const { results, killed } = report;
    if (given.has("json")) await io.write(`${JSON.stringify(report, undefined, 2)}\n`);
    else {
      for (const { address, result, problem } of results)
        await io.write(`${address}: ${result}${problem === undefined ? "" : `: ${problem}`}\n`);
      if (killed)
        await io.write(`ended: ${killed.connections} tracked connections, ${killed.sockets} sockets\n`);
    }
    return results.some(({ result }) => result === "refused") ? 1 : 0;
  },
};

export const unban: Command = {
  name: "unban",
  summary: "Lift bans",
  usage: ["unban ADDRESS... [-f FILE] [--json]"],
  about:
    "Each address has a line of its own: removed, absent, or refused and why. An absent one makes the exit status 1.",
  switches: [FILE_SWITCH, ...WHERE],
  examples: [{ does: "Let one in again", words: "unban 203.0.113.51" }],
  async run(args, io) {
    const line = commandLine(["unban", ...args], 1),
      given = readSwitches([FILE_SWITCH, ...WHERE], line),
      results = await openBans(optionsOf(given, line)).unban(await addressesOf(given, line));
    if (given.has("json")) await io.write(`${JSON.stringify({ results }, undefined, 2)}\n`);
    else
      for (const { address, result, problem } of results)
        await io.write(`${address}: ${result}${problem === undefined ? "" : `: ${problem}`}\n`);
    return results.every(({ result }) => result === "removed") ? 0 : 1;
  },
};

export const bans: Command = {
  name: "bans",
  summary: "Show who is banned, for how long and why",
  usage: ["bans [--json]"],
  about: "A line each: the address, the time that is left, the packets that were kept out, the reason.",
  switches: WHERE,
  examples: [{ does: "For a program", words: "bans --json" }],
  async run(args, io) {
    const line = commandLine(["bans", ...args], 1),
      given = readSwitches(WHERE, line),
      [extra] = given.rest;
    if (extra) return line.refuse("bans takes no further words", extra.index);
    const found = await openBans(optionsOf(given, line)).bans();
    if (given.has("json")) await io.write(`${JSON.stringify({ bans: found }, undefined, 2)}\n`);
    else
      for (const { address, left, reason, packets } of found)
        await io.write(
          `${address.padEnd(20)} ${(left === undefined ? "for good" : timeText(left)).padStart(10)} ${`${packets} packets`.padStart(16)}${reason === undefined ? "" : `  ${reason}`}\n`,
        );
    return 0;
  },
};

const optionsOf = (given: Given, line: CommandLine): BansOptions => givenWhere(given, line);
async function addressesOf(given: Given, line: CommandLine): Promise<string[]> {
  const path = given.value("file"),
    text = path === undefined ? "" : await readRulesFile(path),
    listed = text
      .split("\n")
      .map((each) => each.replace(/[#;].*/, "").trim())
      .filter((each) => each !== "");
  const all = [...given.rest.map(({ word }) => word), ...listed];
  return all.length > 0 ? all : line.refuse("whom? An address or a network", line.words.length);
}
const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
function secondsOf(given: Given, line: CommandLine): number {
  const word = given.value("timeout");
  if (word === undefined) return 0;
  const [, number, unit = ""] = /^(\d+)([smhd]?)$/.exec(word) ?? [];
  return number === undefined
    ? line.refuse(`"${word}" is no time: it is seconds, or 10m, 2h, 1d`, given.place("timeout"))
    : Number(number) * UNITS[unit]!;
}
/** Its two greatest units: `1d 4h`. */
function timeText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  return first < 0
    ? "0s"
    : parts
        .slice(first, first + 2)
        .filter(([n]) => n > 0)
        .map(([n, unit]) => `${n}${unit}`)
        .join(" ");
}
