import {
  type CommandHead,
  type CommandWords,
  type CoreOption,
  commandHead,
  type Family,
  type ProfileName,
  splitCommand,
  type TableName,
} from "../index.js";
import type { CommandLine } from "./command-line.js";
import { tableOf } from "./save.js";
import { profileName, type Where, waitTime, whereOf } from "./session.js";

/** A command line of the iptables vocabulary, taken apart as far as that needs no firewall. */
export interface Request {
  readonly head: CommandHead;
  readonly table: TableName;
  readonly family: Family;
  readonly profile: ProfileName;
  readonly where: Where;
  /** Milliseconds. */
  readonly wait: number;
  /** Whether to write even what cuts off somebody. */
  readonly force: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly json: boolean;
}

/** Rampart's own switches beside iptables'. */
const OWN: readonly CoreOption[] = [
  { long: "netns", words: 1, kind: "switch" },
  { long: "backend", words: 1, kind: "switch" },
  { long: "profile", words: 1, kind: "switch" },
  { long: "force", words: 0, kind: "switch" },
  { long: "json", words: 0, kind: "switch" },
  { long: "help", short: "h", words: 0, kind: "switch" },
  { long: "version", short: "V", words: 0, kind: "switch" },
];
/** Which words are options may depend on the profile, which is one of them: it is looked for as the newest would. */
function splitLine(line: CommandLine): { readonly split: CommandWords; readonly profile: ProfileName } {
  const newest = splitCommand(line.words, line.refuse, { own: OWN, profile: "1.8.13" }),
    given = newest.switches.get("profile");
  const profile = profileName(given?.value, (problem) => line.refuse(problem, given!.index + 1));
  return { split: splitCommand(line.words, line.refuse, { own: OWN, profile }), profile };
}

/** Whether the words ask for something that needs no command. The value of an option, such as a comment, does not. */
export function asksFor(what: "help" | "version", line: CommandLine): boolean {
  const { switches, verbs } = splitLine(line).split;
  // `-A --help`: no chain can be called so.
  const asked = verbs.some(({ words }) => words.some(({ word }) => /^(-h|--help)$/.test(word)));
  return switches.has(what) || (what === "help" && asked);
}

/** Reads the words as getopt_long does: clusters of letters, `--opt=value`, unique beginnings of long names. */
export function readRequest(line: CommandLine): Request {
  const { split, profile } = splitLine(line),
    { switches } = split,
    value = (name: string) => switches.get(name)?.value;
  return {
    head: commandHead(split, line.words, line.refuse),
    table: tableOf(value("table")) ?? "filter",
    family: switches.has("ipv6") ? "ipv6" : "ipv4",
    profile,
    where: whereOf(value, (problem) => line.refuse(problem, switches.get("backend")!.index + 1)),
    wait: waitTime(value("wait"), (problem) => line.refuse(problem, switches.get("wait")!.index + 1)),
    force: switches.has("force"),
    verbose: switches.has("verbose"),
    numeric: switches.has("numeric"),
    exact: switches.has("exact"),
    lineNumbers: switches.has("line-numbers"),
    json: switches.has("json"),
  };
}
