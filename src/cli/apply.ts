import {
  bootRulesPath,
  type Family,
  Firewall,
  type FirewallChange,
  open,
  type Pending,
  readRulesFile,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import type { Io } from "./io.js";
import {
  BACKEND_SWITCH,
  FORCE_SWITCH,
  givenWhere,
  HELP_SWITCH,
  NETNS_SWITCH,
  patiently,
  WAIT_SWITCH,
  writingOf,
} from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

/** A minute, as most who can be reached need: to see that nothing hangs, and to log in once more. */
const DEFAULT_SECONDS = 60;
const SWITCHES: readonly Switch[] = [
  {
    long: "confirm",
    value: "SECONDS",
    about: `How long to wait for the confirmation. Default: ${DEFAULT_SECONDS}.`,
  },
  { long: "save", about: "Once it is confirmed, write the boot files: /etc/iptables/rules.v4 and rules.v6." },
  { long: "detach", about: "Do not wait here: print how to confirm, and end." },
  { long: "token", about: "Only the token confirms that is printed, not the id alone." },
  { long: "counters", short: "c", about: "Take the counters from the files. Default: they start from zero." },
  { long: "ipv6", short: "6", about: "The only file holds IPv6 rules. Default: IPv4 rules." },
  WAIT_SWITCH,
  FORCE_SWITCH,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const apply: Command = {
  name: "apply",
  summary: "Load rules that go again unless you confirm them in time",
  usage: [
    "apply [--confirm SECONDS] [--save] [--detach] FILE.v4 [FILE.v6]",
    "apply -6 [--confirm SECONDS] FILE.v6",
  ],
  about: `Loads rules files as restore does, both families as one change, and rolls everything back, counters included, unless
the change is confirmed in time: here by typing yes, or from another login by rampart confirm. That login is the
better proof: it shows that new connections work. A guard of its own does the rollback; it does not matter whether
this command, its terminal or its connection still live by then. Ctrl-C leaves the change waiting.`,
  switches: SWITCHES,
  examples: [
    {
      does: "Try new rules for a minute, keep them over a restart if they work",
      words: "apply --save rules.v4 rules.v6",
    },
    { does: "Two minutes, from a script", words: "apply --confirm 120 --detach rules.v4" },
  ],
  async run(args, io) {
    const line = commandLine(["apply", ...args], 1),
      given = readSwitches(SWITCHES, line),
      files = filesIn(given, line),
      where = givenWhere(given, line),
      within = secondsIn(given, line) * 1000;
    const firewalls: Firewall[] = [];
    try {
      const changes: FirewallChange[] = [];
      for (const { family, path } of files) {
        const firewall = await open({ family, ...where });
        firewalls.push(firewall);
        const tables = await firewall.parse(await readRulesFile(path), {
          file: path,
          counters: given.has("counters"),
        });
        changes.push({ firewall, tables, ...(given.has("save") && { save: bootRulesPath(family) }) });
      }
      let pending: Pending | undefined;
      await patiently(io, writingOf(given, line), async (options) => {
        const confirm = { within, needsToken: given.has("token"), announce: true };
        pending = await Firewall.writeTogether(changes, { ...options, confirm });
      });
      const word = given.has("token") ? pending!.token : pending!.id;
      explain(pending!, word, within / 1000, io);
      if (!given.has("detach")) await confirmed(pending!, io);
      return 0;
    } finally {
      for (const firewall of firewalls) firewall.close();
    }
  },
};

interface File {
  readonly family: Family;
  readonly path: string;
}
function filesIn(given: Given, line: CommandLine): readonly File[] {
  const [first, second, extra] = given.rest;
  if (!first) line.refuse("apply needs a rules file", line.words.length);
  const odd = extra ?? (given.has("ipv6") ? second : undefined);
  if (odd) line.refuse("apply takes a file of each family: IPv4 first, then IPv6", odd.index);
  if (given.has("ipv6")) return [{ family: "ipv6", path: first.word }];
  return [
    { family: "ipv4", path: first.word },
    ...(second ? [{ family: "ipv6" as const, path: second.word }] : []),
  ];
}
function secondsIn(given: Given, line: CommandLine): number {
  const text = given.value("confirm") ?? String(DEFAULT_SECONDS),
    seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds < 1)
    line.refuse(`"${text}" is no number of seconds, of 1 at least`, given.place("confirm") + 1);
  return seconds;
}

function explain({ notes, deadMan }: Pending, word: string, seconds: number, io: Io): void {
  io.complain(`The new rules are in place, for ${seconds} s. To keep them, from another login:\n`);
  io.complain(`  rampart confirm ${word}\n`);
  for (const { from, port } of deadMan)
    io.complain(`Even if nobody could roll them back, ${from} gets in again at port ${port} after that.\n`);
  for (const note of notes) io.complain(`Note: ${note}.\n`);
}

/** Waits for whoever confirms: this terminal, or another login. Throws `rolled-back`. */
async function confirmed(pending: Pending, io: Io): Promise<void> {
  const result = pending.result.then(() => "confirmed" as const);
  if (io.answers) {
    io.complain("Or type yes here, or no to go back at once.\n");
    for await (const answer of io.answers(result)) {
      if (answer === "yes") await pending.confirm();
      else if (answer === "no") await pending.rollback();
      else {
        io.complain("yes or no?\n");
        continue;
      }
      break;
    }
  }
  await result;
  io.complain("Confirmed: the new rules stay.\n");
}
