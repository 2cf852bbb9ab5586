import { readFile } from "node:fs/promises";
import { allow } from "./allow.js";
import { block } from "./block.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { reportFailure } from "./failure.js";
import { commandHelp, generalHelp, verbHelp } from "./help.js";
import { type Io, painter } from "./io.js";
import { runIptables } from "./iptables.js";
import { restore } from "./restore.js";
import { save } from "./save.js";
import { show } from "./show.js";
import { VERBS } from "./vocabulary.js";

export const COMMANDS: readonly Command[] = [show, allow, block, save, restore];

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
    if (asksForHelp(rest)) return say(commandHelp(command, paint), io);
    return command.run(rest, io);
  }
  if (first === "help" || first === "-h" || first === "--help") return say(helpOn(rest, paint), io);
  if (first === "version" || first === "-V" || first === "--version")
    return say(`rampart v${await version()}\n`, io);
  if (!/^[-!]/.test(first)) {
    const like = COMMANDS.map(({ name }) => name).find((name) => name.startsWith(first.slice(0, 2)));
    return commandLine(args).refuse(
      `there is no command "${first}"${like === undefined ? "" : `; did you mean ${like}?`}`,
      0,
    );
  }
  if (asksForHelp(args)) return say(helpOn(args, paint), io);
  return runIptables(args, io);
}

/** The first word that there is help on. */
const topicOf = (words: readonly string[]): string | undefined =>
  words.find((word) => COMMANDS.some(({ name }) => name === word) || verbOf(word) !== undefined);
const verbOf = (word: string) =>
  VERBS.find(({ short, long }) => word === `-${short}` || word === `--${long}` || word === short);

const asksForHelp = (words: readonly string[]): boolean => words.includes("--help") || words.at(-1) === "-h";

/** On the first word that is a command of either kind; on everything where there is none. */
function helpOn(words: readonly string[], paint: ReturnType<typeof painter>): string {
  for (const word of words) {
    const command = COMMANDS.find(({ name }) => name === word);
    if (command) return commandHelp(command, paint);
    const verb = VERBS.find(
      ({ short, long }) => word === `-${short}` || word === `--${long}` || word === short,
    );
    if (verb) return verbHelp(verb, paint);
  }
  return generalHelp(COMMANDS, paint);
}

async function say(text: string, io: Io): Promise<number> {
  await io.write(text);
  return 0;
}

/** `rampart -6 --netns blue save` means `rampart save -6 --netns blue`. */
function commandFirst(args: readonly string[]): readonly string[] {
  let i = 0;
  for (; i < args.length; i++) {
    if (args[i] === "--netns") i++;
    else if (!/^(-4|-6|--ipv4|--ipv6|--json|--netns=.*)$/.test(args[i]!)) break;
  }
  const name = args[i];
  return name !== undefined && COMMANDS.some((command) => command.name === name)
    ? [name, ...args.slice(i + 1), ...args.slice(0, i)]
    : args;
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Called by one of iptables' own names (a link in /usr/local/sbin), the name says the command. */
export function argumentsFor(program: string, args: readonly string[]): readonly string[] {
  const found = /^ip(6?)tables(?:-legacy)?(-save|-restore)?$/.exec(program);
  if (!found) return args;
  const family = found[1] === "6" ? ["-6"] : [];
  return found[2] === undefined ? [...family, ...args] : [found[2].slice(1), ...family, ...args];
}
