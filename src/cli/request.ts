import {
  CORE_OPTIONS,
  type CoreOption,
  type Family,
  optionWords,
  type TableName,
  type VerbLetter,
  wantsOwnWord,
} from "../index.js";
import type { CommandLine } from "./command-line.js";
import { tableOf } from "./save.js";
import { waitTime } from "./session.js";

/** A command line of the iptables vocabulary, taken apart as far as that needs no firewall. */
export interface Request {
  readonly verb: VerbLetter;
  /** `-Z` beside `-L` or `-S`. */
  readonly alsoZero: boolean;
  readonly chain: string | undefined;
  readonly number: number | undefined;
  /** Of `-E` the new name, of `-P` the policy. */
  readonly second: string | undefined;
  /** What is left is the rule, in the order it was given. */
  readonly rule: readonly RuleWord[];
  readonly table: TableName;
  readonly family: Family;
  readonly netns: string | undefined;
  /** Milliseconds. */
  readonly wait: number;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly json: boolean;
}
export interface RuleWord {
  readonly word: string;
  /** Its place on the command line. */
  readonly index: number;
}

/** Rampart's own switches beside iptables'. */
const OPTIONS: readonly CoreOption[] = [
  ...CORE_OPTIONS,
  { long: "netns", words: 1, kind: "switch" },
  { long: "json", words: 0, kind: "switch" },
];

/** Which switches go with a command; `-v`, `-t`, `-w` and the like go with all. */
const LEGAL: Readonly<Record<string, string>> = {
  numeric: "L",
  exact: "L",
  "line-numbers": "L",
  json: "LS",
  "set-counters": "AIRP",
};

type Verb = { letter: VerbLetter; index: number; words: RuleWord[] };

/** Reads the words as getopt_long does: clusters of letters, `--opt=value`, unique beginnings of long names. */
export function readRequest(line: CommandLine): Request {
  const { words } = line,
    verbs: Verb[] = [],
    rule: RuleWord[] = [],
    switches = new Map<string, { value: string; index: number }>();
  let i = 0;
  const isValue = (at: number): boolean => words[at] !== undefined && !/^[-!]/.test(words[at]);
  const take = (option: CoreOption, attached: string | undefined, index: number): void => {
    const values: RuleWord[] = attached === undefined ? [] : [{ word: attached, index }];
    const count = option.words === "may" ? (isValue(i + 1) ? 1 : 0) : option.words;
    while (values.length < count) {
      const word = words[++i];
      if (word === undefined) line.refuse(`option "${words[index]}" requires an argument`, i);
      values.push({ word: word!, index: i });
    }
    if (option.kind === "verb") {
      const letter = option.short as VerbLetter;
      for (const more = secondWords(letter); values.length < more && values.length > 0 && isValue(i + 1); )
        values.push({ word: words[++i]!, index: i });
      return void verbs.push({ letter, index, words: values });
    }
    if (option.kind === "switch") return void setSwitch(option, values[0]?.word ?? "", index);
    const name = option.short === undefined ? `--${option.long}` : `-${option.short}`;
    if (option.long === "set-counters") switches.set("set-counters", { value: "", index });
    rule.push({ word: name, index }, ...values);
  };
  const setSwitch = ({ long }: CoreOption, value: string, index: number): void => {
    const once = ["numeric", "exact", "line-numbers"];
    if (once.includes(long) && switches.has(long))
      line.refuse(`multiple ${words[index]} flags not allowed`, index);
    switches.set(long, { value, index });
  };
  for (; i < words.length; i++) {
    const word = words[i]!,
      index = i;
    if (word.startsWith("--") && word.length > 2) {
      const at = word.indexOf("="),
        name = at < 0 ? word.slice(2) : word.slice(2, at);
      const option = findLong(name);
      if (option) {
        if (at >= 0 && option.words === 0) line.refuse(`option "--${option.long}" takes no value`, index);
        take(option, at < 0 ? undefined : word.slice(at + 1), index);
      } else {
        rule.push({ word, index });
        for (let n = optionWords(`--${name}`) - (at < 0 ? 0 : 1); n > 0 && i + 1 < words.length; n--)
          rule.push({ word: words[++i]!, index: i });
      }
    } else if (word.startsWith("-") && word.length > 1) {
      for (let c = 1; c < word.length; c++) {
        const option = OPTIONS.find(({ short }) => short === word[c]);
        if (!option) return line.refuse(`unknown option "-${word[c]}"`, index);
        const attached = option.words !== 0 && c + 1 < word.length ? word.slice(c + 1) : undefined;
        if (attached !== undefined && wantsOwnWord(option))
          line.refuse(`put a blank behind -${option.short}`, index);
        take(option, attached, index);
        if (attached !== undefined) break;
      }
    } else rule.push({ word, index });
  }
  return checked(verbs, rule, switches, line);
}

/** How many words a command takes itself, the rule aside. */
const secondWords = (letter: VerbLetter): number => ("IRDZLSEP".includes(letter) ? 2 : 1);

function findLong(name: string): CoreOption | undefined {
  const exact = OPTIONS.find(({ long }) => long === name);
  if (exact || optionWords(`--${name}`) >= 0) return exact;
  const like = OPTIONS.filter(({ long }) => long.startsWith(name));
  return like.length === 1 ? like[0] : undefined;
}

function checked(
  verbs: readonly Verb[],
  rule: readonly RuleWord[],
  switches: ReadonlyMap<string, { value: string; index: number }>,
  line: CommandLine,
): Request {
  const { refuse } = line,
    value = (name: string) => switches.get(name)?.value;
  const reading = verbs.find(({ letter }) => "LS".includes(letter)),
    zero = verbs.find(({ letter }) => letter === "Z");
  const verb = reading ?? verbs[0];
  if (!verb) {
    const [first] = rule;
    return refuse(
      first && !first.word.startsWith("-")
        ? `Bad argument "${first.word}"`
        : "no command given: -A, -D, -L, ...; `rampart help` lists them",
      first?.index ?? line.words.length,
    );
  }
  for (const other of verbs)
    if (other !== verb && !(reading && other === zero && verbs.length === 2))
      refuse(`Cannot use -${other.letter} with -${verb.letter}`, other.index);
  for (const [name, { index }] of switches)
    if (LEGAL[name]?.includes(verb.letter) === false)
      refuse(`-${verb.letter} does not take ${line.words[index]}`, index);
  const [chain, second] = verb.words.length > 0 ? verb.words : (zero?.words ?? []);
  const needsTwo = {
    E: "-E needs the old name and the new one",
    P: "-P needs a chain and a policy",
    R: "-R needs a chain and a rule number",
  };
  const missing = needsTwo[verb.letter as keyof typeof needsTwo];
  if (missing !== undefined && second === undefined) refuse(missing, line.words.length);
  const numbered = second !== undefined && "IRDZLS".includes(verb.letter);
  if (numbered && !/^(0|[1-9]\d*|0\d+)$/.test(second.word))
    refuse(`Invalid rule number "${second.word}"`, second.index);
  if (numbered && Number(second.word) < 1)
    refuse(`Invalid rule number "${second.word}": rules are counted from 1`, second.index);
  const takesRule = "AIRC".includes(verb.letter) || (verb.letter === "D" && second === undefined);
  const stray = rule.find(
    ({ word }) => !(verb.letter === "P" && switches.has("set-counters")) && word !== "",
  );
  if (!takesRule && stray)
    refuse(
      stray.word.startsWith("-")
        ? `-${verb.letter} does not take ${stray.word}`
        : `Bad argument "${stray.word}"`,
      stray.index,
    );
  if (switches.has("ipv4") && switches.has("ipv6"))
    refuse("-4 and -6 exclude each other", switches.get("ipv6")!.index);
  if (switches.has("wait-interval") && !switches.has("wait"))
    refuse("--wait-interval makes no sense without --wait", switches.get("wait-interval")!.index);
  return {
    verb: verb.letter,
    alsoZero: reading !== undefined && zero !== undefined,
    chain: chain?.word,
    number: numbered ? Number.parseInt(second.word, second.word.startsWith("0") ? 8 : 10) : undefined,
    second: numbered ? undefined : second?.word,
    rule,
    table: tableOf(value("table")) ?? "filter",
    family: switches.has("ipv6") ? "ipv6" : "ipv4",
    netns: value("netns"),
    wait: waitTime(value("wait"), (problem) => refuse(problem, switches.get("wait")!.index + 1)),
    verbose: switches.has("verbose"),
    numeric: switches.has("numeric"),
    exact: switches.has("exact"),
    lineNumbers: switches.has("line-numbers"),
    json: switches.has("json"),
  };
}
