import { RampartError } from "../errors.js";
import type { Counters } from "../model/counters.js";
import type { Family, Policy, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import type { Rule } from "../model/rule.js";
import { commandHead } from "./command-head.js";
import { commandRules } from "./command-rules.js";
import { type CommandWord, type Refuse, splitCommand } from "./command-words.js";
import type { Command } from "./commands.js";
import { checkNewChain } from "./new-chain.js";
import { type Line, refuseAt } from "./place.js";
import { wordsOf } from "./words.js";

/** What a line of a rules file may refer to. */
export interface LineScope {
  readonly family: Family;
  readonly names: Names;
  /** The version of iptables whose words they are. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
  readonly table: TableName;
  /** The chains there are at this line; commands that make or end one are noted here. */
  readonly chains: Set<string>;
}

const OTHER = { ipv4: "ipv6", ipv6: "ipv4" } as const;
/** Of the switches only these are refused: what is to be printed or waited for has no meaning in a file. */
const REFUSED: Readonly<Record<string, string>> = {
  table: "the table is named by *table",
  wait: "the lock is waited for as the command line says",
  "wait-interval": "the lock is waited for as the command line says",
};

/** Reads one command of a rules file; undefined where it is for the other family. */
export function parseCommand(
  line: Line,
  start: number,
  scope: LineScope,
  counters: Counters | undefined,
): Command | undefined {
  const words = wordsOf(line, start),
    texts = words.map(({ text }) => text);
  const refuse = (problem: string, index: number, cause?: unknown): never => {
    const word = words[index],
      end = line.text.trimEnd().length;
    return refuseAt(line, problem, word?.from ?? end, word?.to ?? end, cause);
  };
  const split = splitCommand(texts, refuse, {
    ignored: OTHER[scope.family],
    profile: scope.profile,
  });
  if (split.ignored) return undefined;
  for (const [name, { index }] of split.switches)
    if (REFUSED[name] !== undefined)
      refuse(`${texts[index]} cannot be used in a rules file: ${REFUSED[name]}`, index);
  const head = commandHead(split, texts, refuse),
    { verb, chain, number, second } = head,
    { number: at } = line;
  if (counters && !"AIRP".includes(verb)) refuse(`-${verb} does not take counters`, head.index);
  const rules = (): readonly Rule[] => {
    const { family, names, profile, table, chains } = scope;
    const hasChain = (name: string): boolean => chains.has(name);
    const parsed = commandRules(head, words.length, { family, names, profile, table, hasChain }, refuse);
    if (!counters) return parsed;
    if (parsed.some((rule) => rule.counters)) refuse("counters are given twice", head.index);
    return parsed.map((rule) => Object.freeze({ ...rule, counters }));
  };
  const existing = (word: CommandWord | undefined): string => {
    const { word: name, index } = word ?? refuse(`-${verb} needs a chain`, words.length);
    if (scope.chains.has(name)) return name;
    const cause = new RampartError("no-such-chain", { table: scope.table, chain: name });
    return refuse(cause.message, index, cause);
  };
  const optional = (): { chain?: string } => (chain ? { chain: existing(chain) } : {});
  const fresh = (word: CommandWord | undefined): string => {
    const { word: name, index } = word ?? refuse(`-${verb} needs a name for the chain`, words.length);
    try {
      checkNewChain(name);
    } catch (error) {
      return refuse(error instanceof RampartError ? error.message : String(error), index, error);
    }
    if (!scope.chains.has(name)) return name;
    const cause = new RampartError("chain-exists", { table: scope.table, chain: name });
    return refuse(cause.message, index, cause);
  };
  switch (verb) {
    case "A": {
      const name = existing(chain),
        made = rules();
      return { command: "append", chain: name, rules: made, lines: made.map(() => at), line: at };
    }
    case "I":
      return { command: "insert", chain: existing(chain), number: number ?? 1, rules: rules(), line: at };
    case "R": {
      const [rule] = rules();
      return { command: "replace", chain: existing(chain), number: number!, rule: rule!, line: at };
    }
    case "D":
      return { command: "delete", chain: existing(chain), rule: number ?? rules(), line: at };
    case "C":
      return { command: "check", chain: existing(chain), rules: rules(), line: at };
    case "F":
      return { command: "flush", ...optional(), line: at };
    case "Z":
      return { command: "zero", ...optional(), ...(number !== undefined && { number }), line: at };
    case "N": {
      const name = fresh(chain);
      scope.chains.add(name);
      return { command: "new-chain", chain: name, line: at };
    }
    case "X": {
      const { chain: name } = optional();
      if (name !== undefined) scope.chains.delete(name);
      return { command: "delete-chain", ...(name !== undefined && { chain: name }), line: at };
    }
    case "E": {
      const from = existing(chain),
        to = fresh(second);
      scope.chains.delete(from);
      scope.chains.add(to);
      return { command: "rename-chain", chain: from, to, line: at };
    }
    case "P": {
      const given = head.counters ?? counters;
      const policy = parsePolicy(second!, scope.table, refuse);
      return {
        command: "policy",
        chain: existing(chain),
        policy,
        ...(given && { counters: given }),
        line: at,
      };
    }
    default:
      return { command: "list", ...optional(), line: at };
  }
}

function parsePolicy({ word, index }: CommandWord, table: TableName, refuse: Refuse): Policy {
  if (word !== "ACCEPT" && word !== "DROP")
    return refuse(`Bad policy name "${word}": it is ACCEPT or DROP`, index);
  if (table === "nat" && word === "DROP")
    refuse('The "nat" table is not intended for filtering, the use of DROP is therefore inhibited.', index);
  return word;
}
