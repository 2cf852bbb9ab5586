import { numberIn } from "../extensions/kinds.js";
import { type Count, type Counters, parseCount } from "../model/counters.js";
import type { CommandWord, CommandWords, Refuse, VerbWords } from "./command-words.js";
import type { VerbLetter } from "./core-options.js";

/** What a command is to do and where, checked as far as that needs no firewall. */
export interface CommandHead {
  readonly verb: VerbLetter;
  /** The command's own place among the words. */
  readonly index: number;
  /** What `-Z` beside `-L` or `-S` sets to zero. */
  readonly alsoZero: "chain" | "rule" | undefined;
  readonly chain: CommandWord | undefined;
  readonly number: number | undefined;
  /** Of `-E` the new name, of `-P` the policy. */
  readonly second: CommandWord | undefined;
  /** Of `-P`; those of a rule are among its words. */
  readonly counters: Counters | undefined;
  readonly rule: readonly CommandWord[];
}

/** Which switches go with a command; `-v`, `-t`, `-w` and the like go with all. */
const LEGAL: Readonly<Record<string, string>> = {
  numeric: "L",
  exact: "L",
  "line-numbers": "L",
  json: "LS",
};
const COUNTED = "AIRP",
  NUMBERED = "IRDZLS";
const NEEDS_TWO: Readonly<Partial<Record<VerbLetter, string>>> = {
  E: "-E needs the old name and the new one",
  P: "-P needs a chain and a policy",
  R: "-R needs a chain and a rule number",
};
const LARGEST_NUMBER = 0xffff_ffff;

/** A rule number, hex and octal too; undefined where it is none. */
function ruleNumber(word: string): number | undefined {
  const number = numberIn(word);
  return number >= 1 && number <= LARGEST_NUMBER ? number : undefined;
}

/** Of several commands one may be `-Z` beside `-L` or `-S`: then the chain that is named last counts for both. */
export function commandHead(
  { verbs, rule, switches }: CommandWords,
  words: readonly string[],
  refuse: Refuse,
): CommandHead {
  const reading = verbs.find(({ letter }) => "LS".includes(letter)),
    zero = verbs.find(({ letter }) => letter === "Z"),
    verb = reading ?? verbs[0] ?? noCommand(rule, words, refuse),
    { letter } = verb;
  for (const other of verbs)
    if (other !== verb && !(reading && other === zero && verbs.length === 2))
      refuse(`Cannot use -${other.letter} with -${letter}`, other.index);
  for (const [name, { index }] of switches)
    if (LEGAL[name]?.includes(letter) === false) refuse(`-${letter} does not take ${words[index]}`, index);
  const chain = lastGiven(verbs, 0),
    second = lastGiven(verbs, 1);
  if (NEEDS_TWO[letter] !== undefined && second === undefined) refuse(NEEDS_TWO[letter], words.length);
  const numbered = second !== undefined && NUMBERED.includes(letter);
  const number = numbered ? ruleNumber(second.word) : undefined;
  if (numbered && number === undefined)
    refuse(`Invalid rule number "${second.word}": rules are counted from 1`, second.index);
  const takesRule = "AIRC".includes(letter) || (letter === "D" && !numbered),
    counters = rule.find(({ word }) => word === "-c");
  if (counters && !COUNTED.includes(letter)) refuse(`-${letter} does not take -c`, counters.index);
  const given = counters ? counterWords(rule, counters) : [],
    stray = takesRule ? undefined : rule.find((one) => one.word !== "" && !given.includes(one));
  if (stray)
    refuse(
      stray.word.startsWith("-") ? `-${letter} does not take ${stray.word}` : `Bad argument "${stray.word}"`,
      stray.index,
    );
  if (switches.has("ipv4") && switches.has("ipv6"))
    refuse("-4 and -6 exclude each other", switches.get("ipv6")!.index);
  const interval = switches.get("wait-interval");
  if (interval && !switches.has("wait"))
    refuse("--wait-interval makes no sense without --wait", interval.index);
  if (interval && !/^\d{1,6}$/.test(interval.value ?? ""))
    refuse(`"${interval.value}" is not a number of microseconds from 0 to 999999`, interval.index + 1);
  return {
    verb: letter,
    index: verb.index,
    alsoZero: reading && zero ? (zero.words.length > 1 ? "rule" : "chain") : undefined,
    chain,
    number,
    second: numbered ? undefined : second,
    counters: letter === "P" && counters ? countersOf(given, refuse) : undefined,
    rule,
  };
}

function lastGiven(verbs: readonly VerbWords[], place: number): CommandWord | undefined {
  let last: CommandWord | undefined;
  for (const { words } of verbs) last = words[place] ?? last;
  return last;
}

/** `-c` and its values: `5 6`, or `5,6` in one word. */
function counterWords(rule: readonly CommandWord[], option: CommandWord): readonly CommandWord[] {
  const at = rule.indexOf(option);
  return rule.slice(at, at + (rule[at + 1]?.word.includes(",") ? 2 : 3));
}

function countersOf([, first, second]: readonly CommandWord[], refuse: Refuse): Counters {
  const [packets = "", bytes = second?.word ?? ""] = first!.word.split(",", 2);
  const count = (digits: string, { index }: CommandWord): Count =>
    parseCount(digits) ?? refuse(`"${digits}" is no counter in -c`, index);
  return Object.freeze({ packets: count(packets, first!), bytes: count(bytes, second ?? first!) });
}

function noCommand([first]: readonly CommandWord[], words: readonly string[], refuse: Refuse): never {
  const bad = first && !first.word.startsWith("-");
  return refuse(
    bad ? `Bad argument "${first.word}"` : "no command given: -A, -I, -D, -L, ...",
    first?.index ?? words.length,
  );
}
