import type { ProfileName } from "../model/profile.js";
import { CORE_OPTIONS, type CoreOption, coreOption, type VerbLetter, wantsOwnWord } from "./core-options.js";
import { optionWords, optionWordsLike } from "./option-words.js";

/** A word of a command and its number among them, for errors. */
export interface CommandWord {
  readonly word: string;
  readonly index: number;
}
export interface VerbWords {
  readonly letter: VerbLetter;
  readonly index: number;
  /** The chain, and the number, new name or policy, as far as they are given. */
  readonly words: readonly CommandWord[];
}
/** A command taken apart as getopt_long does it, before anyone asks what it means. */
export interface CommandWords {
  readonly verbs: readonly VerbWords[];
  /** By long name; `""` where there is no value. */
  readonly switches: ReadonlyMap<string, { readonly value: string; readonly index: number }>;
  /** What is left is the rule, in the order it was given; values stand in words of their own. */
  readonly rule: readonly CommandWord[];
  /** The option that makes the command somebody else's was met; what follows it was not looked at. */
  readonly ignored: boolean;
}
/** Refuses word number `index`; one past the last word means that something is missing at the end. */
export type Refuse = (problem: string, index: number, cause?: unknown) => never;

export interface SplitOptions {
  /** Options beside iptables' own. Where a beginning fits one of both, iptables' is meant. */
  readonly own?: readonly CoreOption[];
  readonly profile?: ProfileName | undefined;
  /** The long name of the option that ends the reading. */
  readonly ignored?: string;
}

/** Reads letters in clusters, `-xVALUE`, `--opt=VALUE`, unique beginnings of long names; `--` ends the options. */
export function splitCommand(
  words: readonly string[],
  refuse: Refuse,
  { own = [], profile, ignored }: SplitOptions = {},
): CommandWords {
  const verbs: VerbWords[] = [],
    rule: CommandWord[] = [],
    switches = new Map<string, { value: string; index: number }>();
  let i = 0,
    stopped = false,
    bang = -2;
  const isValue = (at: number): boolean => words[at] !== undefined && !/^[-!]/.test(words[at]);
  const take = (option: CoreOption, attached: string | undefined, index: number): void => {
    if (bang === index - 1 && option.kind !== "rule")
      refuse("a ! stands before an option of the rule, not before a command", bang);
    const values: CommandWord[] = attached === undefined ? [] : [{ word: attached, index }];
    const count = (): number => {
      if (option.words === "may") return isValue(i + 1) ? 1 : 0;
      // `-c 5,6` is one word for both.
      return option.words === 2 && values[0]?.word.includes(",") ? 1 : option.words;
    };
    while (values.length < count()) {
      const word = words[++i] ?? refuse(`option "${words[index]}" requires an argument`, i);
      values.push({ word, index: i });
    }
    if (option.kind === "verb") {
      const letter = option.short as VerbLetter,
        most = TAKES_TWO.includes(letter) ? 2 : 1;
      while (values.length < most && values.length > 0 && isValue(i + 1))
        values.push({ word: words[++i]!, index: i });
      verbs.push({ letter, index, words: values });
    } else if (option.kind === "switch") {
      stopped ||= option.long === ignored;
      if (ONCE.includes(option.long) && switches.has(option.long))
        refuse(`multiple ${words[index]} flags not allowed`, index);
      switches.set(option.long, { value: values[0]?.word ?? "", index });
    } else {
      // What begins like one of these may begin like an option of the rule's matches too.
      const [typed = ""] = words[index]!.split("=");
      const name =
        typed.startsWith("--") && !coreOption(typed)
          ? typed
          : option.short === undefined
            ? `--${option.long}`
            : `-${option.short}`;
      rule.push({ word: name, index }, ...values);
    }
  };
  const long = (word: string, index: number): void => {
    const equals = word.indexOf("="),
      name = equals < 0 ? word : word.slice(0, equals),
      option = longOption(name, own);
    if (option) {
      if (equals >= 0 && option.words === 0) refuse(`option "--${option.long}" takes no value`, index);
      return take(option, equals < 0 ? undefined : word.slice(equals + 1), index);
    }
    rule.push({ word, index });
    const count = optionWords(name) < 0 ? optionWordsLike(name) : optionWords(name);
    for (let n = count - (equals < 0 ? 0 : 1); n > 0 && i + 1 < words.length; n--)
      rule.push({ word: words[++i]!, index: i });
  };
  const cluster = (word: string, index: number): void => {
    for (let c = 1; c < word.length && !stopped; c++) {
      const letter = word[c]!;
      const option =
        coreOption(`-${letter}`) ??
        own.find(({ short }) => short === letter) ??
        refuse(`unknown option "-${letter}"`, index);
      const attached = option.words !== 0 && c + 1 < word.length ? word.slice(c + 1) : undefined;
      if (attached !== undefined && wantsOwnWord(option, profile))
        refuse(`put a blank behind -${option.short}`, index);
      take(option, attached, index);
      if (attached !== undefined) break;
    }
  };
  for (; i < words.length && !stopped; i++) {
    const word = words[i]!;
    if (word === "--") {
      if (i + 1 < words.length) refuse(`Bad argument "${words[i + 1]}"`, i + 1);
    } else if (word.startsWith("--")) long(word, i);
    else if (word.startsWith("-") && word.length > 1) cluster(word, i);
    else {
      if (word === "!") bang = i;
      rule.push({ word, index: i });
    }
  }
  return { verbs, rule, switches, ignored: stopped };
}

/** Commands that take a second word themselves, the rule aside. */
const TAKES_TWO = "IRDZLSEP";
const ONCE = ["numeric", "exact", "line-numbers"];

function longOption(name: string, own: readonly CoreOption[]): CoreOption | undefined {
  const exact = coreOption(name) ?? own.find(({ long }) => name === `--${long}`);
  if (exact || optionWords(name) >= 0) return exact;
  for (const options of [CORE_OPTIONS, own]) {
    const like = options.filter(({ long }) => `--${long}`.startsWith(name));
    const [first] = like;
    if (!first) continue;
    // `--mod tunnel` is no kernel module: it is for the rule's matches to say what it is.
    const elsewhere = first.kind === "switch" && first.words !== 0 && optionWordsLike(name) > 0;
    return like.length === 1 && !elsewhere ? first : undefined;
  }
  return undefined;
}
