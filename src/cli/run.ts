import { VERSION } from "../index.js";
import { allow } from "./allow.js";
import { apply } from "./apply.js";
import { ban, bans, unban } from "./ban.js";
import { block } from "./block.js";
import { blocklist } from "./blocklist.js";
import { build } from "./build.js";
import { check } from "./check.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { confirm } from "./confirm.js";
import { doctor } from "./doctor.js";
import { explain } from "./explain.js";
import { reportFailure } from "./failure.js";
import { commandHelp, extensionHelp, generalHelp, verbHelp } from "./help.js";
import { type Io, type Paint, painter } from "./io.js";
import { runIptables } from "./iptables.js";
import { lint } from "./lint.js";
import { migrate } from "./migrate.js";
import { monitor } from "./monitor.js";
import { pending } from "./pending.js";
import { persist } from "./persist.js";
import { asksFor } from "./request.js";
import { restore } from "./restore.js";
import { rollback } from "./rollback.js";
import { save } from "./save.js";
import { set } from "./set.js";
import { show } from "./show.js";
import { VERBS } from "./vocabulary.js";

export const COMMANDS: readonly Command[] = [
  show,
  allow,
  block,
  check,
  explain,
  lint,
  blocklist,
  ban,
  unban,
  bans,
  set,
  save,
  restore,
  doctor,
  monitor,
  apply,
  confirm,
  rollback,
  pending,
  build,
  migrate,
  persist,
];

/** Runs one command line, given without the program's name; gives the exit status. Never throws. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const words = commandFirst(args);
  try {
    return await dispatch(words, io);
  } catch (error) {
    return reportFailure(error, io, topicOf(words));
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = args,
    paint = painter(io, io.terminal.output);
  if (first === undefined) {
    io.complain("rampart: no command given; `rampart help` explains them.\n");
    return 2;
  }
  const command = COMMANDS.find(({ name }) => name === first);
  if (command) {
    if (rest.some((word) => word === "-h" || word === "--help")) return say(commandHelp(command, paint), io);
    // As `iptables-save -V` does.
    if (/^(-V|--version)$/.test(rest[0] ?? "")) return say(`rampart v${VERSION}\n`, io);
    return command.run(rest, io);
  }
  if (first === "help") return say(help(rest, commandLine(args), paint), io);
  if (first === "version") return say(`rampart v${VERSION}\n`, io);
  if (!/^[-!]/.test(first)) {
    const like = COMMANDS.map(({ name }) => name).find((name) => name.startsWith(first.slice(0, 2)));
    return commandLine(args).refuse(
      `there is no command "${first}"${like === undefined ? "" : `; did you mean ${like}?`}`,
      0,
    );
  }
  const line = commandLine(args);
  if (asksFor("help", line)) return say(helpAmong(args, paint), io);
  if (asksFor("version", line)) return say(`rampart v${VERSION}\n`, io);
  return runIptables(args, io);
}

/** The first word that there is help on. */
const topicOf = (words: readonly string[]): string | undefined =>
  words.find((word) => COMMANDS.some(({ name }) => name === word) || verbOf(word) !== undefined);
const verbOf = (word: string) =>
  VERBS.find(({ short, long }) => word === `-${short}` || word === `--${long}` || word === short);

/** On one word: a command of either kind, a match or a target. */
function helpOn(word: string, paint: Paint): string | undefined {
  const command = COMMANDS.find(({ name }) => name === word),
    verb = verbOf(word);
  if (command) return commandHelp(command, paint);
  return verb ? verbHelp(verb, paint) : extensionHelp(word, paint);
}
/** `rampart help WORD`. */
function help([word]: readonly string[], line: CommandLine, paint: Paint): string {
  if (word === undefined) return generalHelp(COMMANDS, paint);
  return helpOn(word, paint) ?? line.refuse(`there is no help on "${word}"`, 1);
}
/** `--help` among iptables' words: on the extensions that are named, else on the command. */
function helpAmong(words: readonly string[], paint: Paint): string {
  const named = words.filter((_, i) => /^(-[mj]|--match|--jump)$/.test(words[i - 1] ?? ""));
  const extensions = named.flatMap((name) => extensionHelp(name, paint) ?? []);
  if (extensions.length > 0) return extensions.join("\n");
  const topic = topicOf(words);
  return (topic === undefined ? undefined : helpOn(topic, paint)) ?? generalHelp(COMMANDS, paint);
}

async function say(text: string, io: Io): Promise<number> {
  await io.write(text);
  return 0;
}

/** `rampart -6 --netns blue save` means `rampart save -6 --netns blue`. */
function commandFirst(args: readonly string[]): readonly string[] {
  let i = 0;
  for (; i < args.length; i++) {
    if (/^--(netns|backend|profile)$/.test(args[i]!)) i++;
    else if (!/^(-4|-6|--ipv4|--ipv6|--json|--(netns|backend|profile)=.*)$/.test(args[i]!)) break;
  }
  const name = args[i];
  return name !== undefined && COMMANDS.some((command) => command.name === name)
    ? [name, ...args.slice(i + 1), ...args.slice(0, i)]
    : args;
}

/** Called by one of iptables' own names (a link in /usr/local/sbin), the name says the command. */
export function argumentsFor(program: string, args: readonly string[]): readonly string[] {
  const found = /^ip(6?)tables(?:-(legacy|nft))?(-save|-restore)?$/.exec(program);
  if (!found) return args;
  const [, six, backend, command] = found,
    which = [...(six === "6" ? ["-6"] : []), ...(backend === undefined ? [] : ["--backend", backend])];
  return command === undefined ? [...which, ...args] : [command.slice(1), ...which, ...args];
}
