import { type ProfileName, profileOf } from "../model/profile.js";

/** The letters of iptables' commands. */
export type VerbLetter = "A" | "I" | "R" | "D" | "C" | "N" | "E" | "X" | "P" | "F" | "Z" | "L" | "S";

/** One of iptables' own options, those of extensions aside: iptables(8). */
export interface CoreOption {
  readonly long: string;
  readonly short?: string;
  /** How many words follow it. `may`: one may, if it is no option itself. */
  readonly words: number | "may";
  /** A command, a switch of commands, or a part of the rule. */
  readonly kind: "verb" | "switch" | "rule";
}

const verb = (short: VerbLetter, long: string, words: number | "may"): CoreOption => ({
  short,
  long,
  words,
  kind: "verb",
});
const other =
  (kind: "switch" | "rule") =>
  (long: string, short?: string, words: number | "may" = 0): CoreOption => ({
    long,
    words,
    kind,
    ...(short !== undefined && { short }),
  });
const onCommand = other("switch"),
  inRule = other("rule");

export const CORE_OPTIONS: readonly CoreOption[] = [
  verb("A", "append", 1),
  verb("D", "delete", 1),
  verb("C", "check", 1),
  verb("I", "insert", 1),
  verb("R", "replace", 1),
  verb("L", "list", "may"),
  verb("S", "list-rules", "may"),
  verb("F", "flush", "may"),
  verb("Z", "zero", "may"),
  verb("N", "new-chain", 1),
  verb("X", "delete-chain", "may"),
  verb("E", "rename-chain", 1),
  verb("P", "policy", 1),
  onCommand("table", "t", 1),
  onCommand("verbose", "v"),
  onCommand("numeric", "n"),
  onCommand("exact", "x"),
  onCommand("line-numbers"),
  onCommand("wait", "w", "may"),
  onCommand("wait-interval", "W", 1),
  onCommand("modprobe", "M", 1),
  onCommand("ipv4", "4"),
  onCommand("ipv6", "6"),
  inRule("source", "s", 1),
  inRule("src", undefined, 1),
  inRule("destination", "d", 1),
  inRule("dst", undefined, 1),
  inRule("protocol", "p", 1),
  inRule("in-interface", "i", 1),
  inRule("out-interface", "o", 1),
  inRule("jump", "j", 1),
  inRule("goto", "g", 1),
  inRule("match", "m", 1),
  inRule("fragments", "f"),
  inRule("set-counters", "c", 2),
];
const byShort = new Map(
  CORE_OPTIONS.flatMap((option) => (option.short === undefined ? [] : [[`-${option.short}`, option]])),
);
const byLong = new Map(CORE_OPTIONS.map((option) => [`--${option.long}`, option]));

/** Some versions look for these options' values in the next word, never in the same one: `-ptcp` is refused. */
export const wantsOwnWord = ({ short }: CoreOption, profile?: ProfileName): boolean =>
  short !== undefined && "sdpioj".includes(short) && !profileOf(profile).attachedValues;
/** By `-s` or `--source` as they stand. */
export const coreOption = (word: string): CoreOption | undefined => byShort.get(word) ?? byLong.get(word);
/** The long options that begin so; getopt_long takes a beginning that fits only one. */
export function coreOptionsLike(beginning: string): readonly CoreOption[] {
  const known = likes.get(beginning);
  if (known) return known;
  const like = [...byLong].filter(([name]) => name.startsWith(beginning)).map(([, option]) => option);
  // Words of rules files come here too, and there is no end of those.
  if (likes.size >= MOST_LIKES) likes.clear();
  likes.set(beginning, like);
  return like;
}
const likes = new Map<string, readonly CoreOption[]>(),
  MOST_LIKES = 1024;
