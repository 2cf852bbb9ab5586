import { RampartError } from "../errors.js";
import { checkChainName } from "../model/chain.js";
import { type Counters, toCount } from "../model/counters.js";
import type { Family, Policy, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Rule } from "../model/rule.js";
import type { Command } from "./commands.js";
import { type CoreOption, coreOption, coreOptionsLike, type VerbLetter } from "./core-options.js";
import { type Line, refuseAt, type Word } from "./place.js";
import { parseRuleWords } from "./rule-parser.js";
import { wordsOf } from "./words.js";

/** What a line of a rules file may refer to. */
export interface LineScope {
  readonly family: Family;
  readonly names: Names;
  readonly table: TableName;
  /** The chains there are at this line; commands that make or end one are noted here. */
  readonly chains: Set<string>;
}

const TAKES_RULE = /^[AIRDC]$/;
const IGNORED = { ipv4: "ipv6", ipv6: "ipv4" } as const;

/** Reads one command of a rules file; undefined where it is for the other family. */
export function parseCommand(
  line: Line,
  start: number,
  scope: LineScope,
  counters: Counters | undefined,
): Command | undefined {
  const words = wordsOf(line, start);
  const refuse = (problem: string, index: number, cause?: unknown): never => {
    const word = words[index],
      end = line.text.trimEnd().length;
    return refuseAt(line, problem, word?.from ?? end, word?.to ?? end, cause);
  };
  const { verb, verbAt, operands, rest } = split(words, refuse);
  if (rest.some(({ text }) => coreOption(text)?.long === IGNORED[scope.family])) return undefined;
  const [chain, second] = operands,
    { number: at } = line;
  const ruleWords = rest.filter(({ text }) => text !== "-4" && text !== "-6");
  if (!TAKES_RULE.test(verb) && verb !== "P" && ruleWords[0])
    refuse(
      `-${verb} takes no ${ruleWords[0].text.startsWith("-") ? `option "${ruleWords[0].text}"` : "further word"}`,
      words.indexOf(ruleWords[0]),
    );
  const rules = (): readonly Rule[] => {
    const indexed = (problem: string, index: number, cause?: unknown): never => {
      const word = ruleWords[index];
      return refuse(problem, word ? words.indexOf(word) : words.length, cause);
    };
    const { family, names, table, chains } = scope;
    const hasChain = (name: string): boolean => chains.has(name);
    const { rules: parsed } = parseRuleWords(
      ruleWords.map(({ text }) => text),
      { family, names, table, chain: chain?.text, hasChain, refuse: indexed },
    );
    if (!counters) return parsed;
    if (parsed.some((rule) => rule.counters)) refuse("counters are given twice", verbAt);
    return parsed.map((rule) => Object.freeze({ ...rule, counters }));
  };
  const existing = (word: Word | undefined): string => {
    const name = word?.text ?? refuse(`-${verb} needs a chain`, words.length);
    if (scope.chains.has(name)) return name;
    const cause = new RampartError("no-such-chain", { table: scope.table, chain: name });
    return refuse(cause.message, words.indexOf(word!), cause);
  };
  const optional = (): { chain?: string } => (chain ? { chain: existing(chain) } : {});
  const ruleNumber = (word: Word): number =>
    /^\d+$/.test(word.text) && Number(word.text) > 0
      ? Number(word.text)
      : refuse(`Invalid rule number "${word.text}": rules are counted from 1`, words.indexOf(word));
  const fresh = (word: Word | undefined): string => {
    const name = word?.text ?? refuse(`-${verb} needs a name for the chain`, words.length),
      index = word ? words.indexOf(word) : words.length;
    try {
      checkChainName(name);
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
      return {
        command: "insert",
        chain: existing(chain),
        number: second ? ruleNumber(second) : 1,
        rules: rules(),
        line: at,
      };
    case "R": {
      const made = rules(),
        name = existing(chain);
      if (made.length > 1) refuse("Replacement rule does not specify a unique address", verbAt);
      return {
        command: "replace",
        chain: name,
        number: ruleNumber(second ?? refuse("-R requires a rule number", words.length)),
        rule: made[0]!,
        line: at,
      };
    }
    case "D": {
      const name = existing(chain);
      if (second && ruleWords[0])
        refuse("-D takes a rule number or a rule, not both", words.indexOf(ruleWords[0]));
      return { command: "delete", chain: name, rule: second ? ruleNumber(second) : rules(), line: at };
    }
    case "C":
      return { command: "check", chain: existing(chain), rules: rules(), line: at };
    case "F":
      return { command: "flush", ...optional(), line: at };
    case "Z":
      return { command: "zero", ...optional(), ...(second && { number: ruleNumber(second) }), line: at };
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
      const name = existing(chain),
        policy = parsePolicy(second, scope.table, refuse, words);
      const [option, packets, bytes] = ruleWords,
        count = (word: Word) =>
          toCount(BigInt(/^\d+$/.test(word.text) ? word.text : refuse("no counter", words.indexOf(word))));
      const given =
        option && coreOption(option.text)?.short === "c" && packets && bytes
          ? { packets: count(packets), bytes: count(bytes) }
          : counters;
      return { command: "policy", chain: name, policy, ...(given && { counters: given }), line: at };
    }
    default:
      return { command: "list", line: at };
  }
}

export function parsePolicy(
  word: Word | undefined,
  table: TableName,
  refuse: (problem: string, index: number) => never,
  words: readonly Word[],
): Policy {
  const index = word ? words.indexOf(word) : words.length;
  if (word?.text !== "ACCEPT" && word?.text !== "DROP")
    return refuse(`Bad policy name "${word?.text ?? ""}": it is ACCEPT or DROP`, index);
  if (table === "nat" && word.text === "DROP")
    refuse('The "nat" table is not intended for filtering, the use of DROP is therefore inhibited.', index);
  return word.text;
}

interface SplitWords {
  readonly verb: VerbLetter;
  readonly verbAt: number;
  /** The chain, and the number, new name or policy, as far as they are given. */
  readonly operands: readonly Word[];
  readonly rest: readonly Word[];
}
/** Finds the command among the words; iptables lets it stand anywhere. */
function split(words: readonly Word[], refuse: (problem: string, index: number) => never): SplitWords {
  const rest: Word[] = [];
  let found: { verb: VerbLetter; verbAt: number; operands: Word[] } | undefined;
  for (let i = 0; i < words.length; i++) {
    const { text } = words[i]!,
      option = commandOption(text);
    if (option?.kind === "switch" && !/^ipv[46]$/.test(option.long) && !afterOption(words, i)) {
      if (option.long === "table")
        refuse("The -t option cannot be used in a rules file: the table is named by *table", i);
      if (option.long === "wait" || option.long === "wait-interval")
        refuse(`${text} cannot be used in a rules file`, i);
      continue;
    }
    if (option?.kind !== "verb" || afterOption(words, i)) {
      rest.push(words[i]!);
      continue;
    }
    const verb = option.short as VerbLetter;
    if (found) refuse(`Cannot use -${verb} with -${found.verb}`, i);
    const operands: Word[] = [],
      verbAt = i,
      most = /^[NA]$/.test(verb) ? 1 : 2;
    while (operands.length < most && words[i + 1] && !/^[-!]/.test(words[i + 1]!.text))
      operands.push(words[++i]!);
    found = { verb, verbAt, operands };
  }
  return {
    ...(found ?? refuse("no command specified: a line begins with -A, -I, -D, :CHAIN, ...", 0)),
    rest,
  };
}
/** A word that follows an option taking one is a value, whatever it looks like. */
function afterOption(words: readonly Word[], i: number): boolean {
  const before = words[i - 1]?.text ?? "",
    core = coreOption(before);
  return core
    ? core.words === 1 && core.kind === "rule"
    : /^--(comment|string|hex-string|log-prefix|nflog-prefix)$/.test(before);
}
function commandOption(word: string): CoreOption | undefined {
  const exact = coreOption(word);
  if (exact || !word.startsWith("--") || word.length < 4) return exact;
  const like = coreOptionsLike(word);
  return like.length === 1 && like[0]?.kind === "verb" ? like[0] : undefined;
}
