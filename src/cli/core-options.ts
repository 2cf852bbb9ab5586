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
const one = (
  kind: "switch" | "rule",
  long: string,
  short: string | undefined,
  words: number | "may" = 0,
): CoreOption => ({
  long,
  words,
  kind,
  ...(short !== undefined && { short }),
});

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
  one("switch", "table", "t", 1),
  one("switch", "verbose", "v"),
  one("switch", "numeric", "n"),
  one("switch", "exact", "x"),
  one("switch", "line-numbers", undefined),
  one("switch", "wait", "w", "may"),
  one("switch", "wait-interval", "W", 1),
  one("switch", "modprobe", "M", 1),
  one("switch", "ipv4", "4"),
  one("switch", "ipv6", "6"),
  one("switch", "netns", undefined, 1),
  one("switch", "json", undefined),
  one("rule", "source", "s", 1),
  one("rule", "src", undefined, 1),
  one("rule", "destination", "d", 1),
  one("rule", "dst", undefined, 1),
  one("rule", "protocol", "p", 1),
  one("rule", "in-interface", "i", 1),
  one("rule", "out-interface", "o", 1),
  one("rule", "jump", "j", 1),
  one("rule", "goto", "g", 1),
  one("rule", "match", "m", 1),
  one("rule", "fragments", "f"),
  one("rule", "set-counters", "c", 2),
];
