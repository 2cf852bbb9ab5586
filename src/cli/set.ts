import {
  isRampartError,
  openSets,
  readRulesFile,
  type Sets,
  type SetVerb,
  setVerb,
  writeRulesFile,
} from "../index.js";
import type { Command } from "./command.js";
import { COMMAND_LINE, type CommandLine, commandLine } from "./command-line.js";
import { type Io, STANDARD_INPUT } from "./io.js";
import { HELP_SWITCH } from "./session.js";
import {
  EXIST,
  FILE,
  JSON_OUTPUT,
  NAME,
  NETNS,
  OUTPUT,
  type PlainWord,
  QUIET,
  type SetSwitch,
  type SetWords,
  setWords,
  TERSE,
} from "./set-words.js";

/** Which options a command takes beside `--netns`. */
const OF_VERB: Readonly<Record<SetVerb, readonly SetSwitch[]>> = {
  create: [EXIST],
  add: [EXIST],
  del: [EXIST],
  test: [QUIET],
  destroy: [EXIST],
  flush: [EXIST],
  rename: [EXIST],
  swap: [EXIST],
  list: [NAME, TERSE, OUTPUT, FILE, JSON_OUTPUT],
  save: [TERSE, FILE],
  restore: [EXIST, FILE],
};

const EVERY: readonly SetSwitch[] = [EXIST, QUIET, NAME, TERSE, OUTPUT, FILE, JSON_OUTPUT, NETNS];

export const set: Command = {
  name: "set",
  summary: "Sets of addresses, in ipset's words: create, add, del, test, list, save, restore",
  usage: [
    "set create NAME TYPE [OPTION VALUE]... [-exist]",
    "set add|del NAME ENTRY [OPTION VALUE]... [-exist]",
    "set test NAME ENTRY [-q]",
    "set list [NAME] [-n | -t] [-o save | --json] [-f FILE]",
    "set save [NAME] [-f FILE]",
    "set restore [-exist] [-f FILE]",
    "set flush|destroy [NAME]",
    "set rename|swap NAME NAME",
  ],
  about: `Sets hold addresses, networks and ports by the million, and a rule looks one up at once: -m set --match-set NAME
src. The words are ipset's: types, options and entries are those of man ipset. A file for restore is read as a
whole before the first line of it counts. test ends with 0 if the set holds the entry, with 1 if not.`,
  switches: [...EVERY, HELP_SWITCH],
  examples: [
    { does: "A set of addresses that can go by themselves", words: "set create blocked hash:ip timeout 0" },
    { does: "Ten minutes for one of them", words: "set add blocked 192.0.2.1 timeout 600 -exist" },
    { does: "Drop what comes from them", words: "-I INPUT -m set --match-set blocked src -j DROP" },
    { does: "Keep all sets in a file", words: "set save -f /etc/iptables/ipsets" },
  ],
  async run(args, io) {
    const line = commandLine(["set", ...args], 1),
      first = setWords(line, EVERY).words[0];
    const verb = first && setVerb(first.word);
    if (first === undefined) return line.refuse("set needs a command: create, add, del, test, list, ...", 0);
    if (verb === undefined)
      return line.refuse(
        `there is no set command "${first.word}"; \`rampart help set\` shows them`,
        first.index,
      );
    const words = setWords(line, [NETNS, ...OF_VERB[verb]]),
      rest = words.words.filter(({ index }) => index !== first.index),
      netns = words.given.get(NETNS);
    const sets = await openSets(netns === undefined ? {} : { netns });
    try {
      return await carryOut({ verb, first, words, rest, sets, line, io });
    } catch (error) {
      // What the kernel refused is told by the set and the entry; the words were well written.
      const cause = isRampartError(error, "syntax") ? error.cause : undefined;
      if (isRampartError(cause, "set") && verb !== "restore") throw cause;
      throw error;
    }
  },
};

interface Work {
  readonly verb: SetVerb;
  readonly first: PlainWord;
  readonly words: SetWords;
  /** The words behind the verb. */
  readonly rest: readonly PlainWord[];
  readonly sets: Sets;
  readonly line: CommandLine;
  readonly io: Io;
}
async function carryOut(work: Work): Promise<number> {
  const { verb, words, rest, sets, line, io } = work,
    exist = words.given.has(EXIST);
  if (verb === "test") return test(work);
  if (verb === "list" || verb === "save") return print(work);
  if (verb === "restore") {
    if (rest[0]) line.refuse("restore takes no further words; to read a file: -f FILE", rest[0].index);
    const path = words.given.get(FILE),
      text = path === undefined ? await io.input() : await readRulesFile(path);
    await sets.restore(text, { exist, file: path ?? STANDARD_INPUT });
    return 0;
  }
  // The line as a file would have it: the same reader, the same errors.
  const text = [verb, ...rest.map((word) => quoted(word, line))].join(" ");
  await sets.restore(text, { exist, file: COMMAND_LINE });
  return 0;
}

async function test({ words, rest, sets, line, io }: Work): Promise<number> {
  const [name, entry, ...options] = rest;
  if (!name || !entry) return line.refuse("test needs a set and an entry", line.words.length);
  const text = [entry, ...options].map((word) => quoted(word, line)).join(" "),
    held = await sets.test(name.word, text);
  if (!words.given.has(QUIET)) io.complain(`${entry.word} is ${held ? "" : "NOT "}in set ${name.word}.\n`);
  return held ? 0 : 1;
}

async function print({ verb, words, rest, sets, line, io }: Work): Promise<number> {
  const [name, extra] = rest,
    { given } = words;
  if (extra) line.refuse(`${verb} takes one name`, extra.index);
  const output = given.get(OUTPUT) ?? "plain",
    chosen = { ...(name && { set: name.word }), entries: !given.has(TERSE) };
  if (!/^(plain|save)$/.test(output)) line.refuse(`there is no output "${output}": it is plain or save`, 1);
  async function* namesOnly(): AsyncGenerator<string> {
    if (name) yield `${(await sets.get(name.word)).name}\n`;
    else for (const each of await sets.names()) yield `${each}\n`;
  }
  async function* json(): AsyncGenerator<string> {
    const infos = (await sets.list()).filter((info) => !name || info.name === name.word);
    if (name && infos.length === 0) await sets.get(name.word);
    const listed = [];
    for (const info of infos)
      listed.push(
        chosen.entries ? { ...info, entries: [...(await (await sets.get(info.name)).entries())] } : info,
      );
    yield `${JSON.stringify({ sets: listed }, undefined, 2)}\n`;
  }
  const chunks = given.has(NAME)
    ? namesOnly()
    : given.has(JSON_OUTPUT)
      ? json()
      : verb === "save" || output === "save"
        ? sets.saveChunks(chosen)
        : sets.describeChunks(chosen);
  const path = given.get(FILE);
  if (path !== undefined) await writeRulesFile(path, chunks);
  else for await (const chunk of chunks) await io.write(chunk);
  return 0;
}

/** As a file has it: words with blanks in quotes. */
function quoted({ word, index }: PlainWord, line: CommandLine): string {
  if (/["\n]/.test(word)) line.refuse("quotes and line ends cannot be in a set's words", index);
  return word === "" || /\s/.test(word) ? `"${word}"` : word;
}
