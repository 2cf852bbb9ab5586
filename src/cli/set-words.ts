import type { CommandLine } from "./command-line.js";
import type { Switch } from "./switches.js";

/** ipset's options: it takes one dash or two before each, anywhere on the line. */
export interface SetSwitch extends Switch {
  /** Other spellings, without their dashes. */
  readonly also: readonly string[];
}
export const EXIST: SetSwitch = {
  long: "exist",
  also: ["!"],
  about: "What is there already, or is not, is no error; adding gives the entry its new options. Also: -!",
};
export const QUIET: SetSwitch = { long: "quiet", also: ["q"], about: "With test: say nothing. Also: -q" };
export const NAME: SetSwitch = { long: "name", also: ["n"], about: "With list: only the names. Also: -n" };
export const TERSE: SetSwitch = {
  long: "terse",
  also: ["t"],
  about: "With list and save: no entries. Also: -t",
};
export const OUTPUT: SetSwitch = {
  long: "output",
  also: ["o"],
  value: "plain|save",
  about: "How list prints. Also: -o",
};
export const FILE: SetSwitch = {
  long: "file",
  also: ["f"],
  value: "FILE",
  about: "Where list and save write to and restore reads from. Also: -f",
};
export const JSON_OUTPUT: SetSwitch = { long: "json", also: [], about: "With list: print JSON." };
export const NETNS: SetSwitch = {
  long: "netns",
  also: [],
  value: "PATH|NAME|pid:N",
  about: "Work in that network namespace: a path, a name from `ip netns`, or the one of a process.",
};

/** A word of the line that is no option, and its place. */
export interface PlainWord {
  readonly word: string;
  readonly index: number;
}
export interface SetWords {
  readonly given: ReadonlyMap<SetSwitch, string>;
  readonly words: readonly PlainWord[];
}

/** Takes these options out of the words; what else begins with a dash is left, it may belong to an entry. */
export function setWords(line: CommandLine, switches: readonly SetSwitch[]): SetWords {
  const given = new Map<SetSwitch, string>(),
    words: PlainWord[] = [];
  for (let index = 0; index < line.words.length; index++) {
    const word = line.words[index]!,
      [, name = "", , attached] = /^--?([a-z!]+)(=(.*))?$/s.exec(word) ?? [];
    // What follows `comment` is text, whatever it looks like.
    const found =
      line.words[index - 1] === "comment"
        ? undefined
        : switches.find(({ long, also }) => name === long || also.includes(name));
    if (!found) words.push({ word, index });
    else if (found.value === undefined) given.set(found, "");
    else {
      const value = attached ?? line.words[++index];
      given.set(found, value ?? line.refuse(`${word} needs a value: ${found.value}`, index));
    }
  }
  return { given, words };
}
