import type { Family } from "../../model/family.js";
import type { NameList } from "../../model/names.js";
import type { Options } from "../../model/rule.js";

/** One option as `iptables -S` words it: `! --dport 80:443` is `{ not: true, text: "80:443" }`. */
export interface Word {
  readonly not: boolean;
  readonly text: string;
  /** The option takes no value, so that its text is none, not an empty one. */
  readonly flag?: boolean;
}
/** The options of one part by their long names (`--dport`), in print order. */
export type Words = ReadonlyMap<string, Word>;

/** What a listing may look up to turn numbers into names. */
export interface ListingContext {
  readonly family: Family;
  /** `-n`: numbers stay numbers. */
  readonly numeric: boolean;
  /** The rule's protocol by its name, as ports are named per protocol. */
  readonly protocol: string | undefined;
  serviceName(port: number, protocol: string): string | undefined;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
  nameOf(list: NameList, number: number): string | undefined;
}
/** How `iptables -L` words a part. Empty: it says nothing beyond the target's name. */
export type ListingForm = (words: Words, context: ListingContext, options: Options) => string;

/** Before a form that iptables puts right behind what precedes it, without a blank. */
export const GLUED = "\b";

export const bang = (word: Word | undefined, mark = "! "): string => (word?.not ? mark : "");

/** What stands behind an option's name. */
const behind = ({ flag, text }: Word): string => (flag ? "" : ` ${text}`);

/** ` label value` for each of the options that is there, in the order of `labels`. */
export const labelled = (words: Words, labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([option, label]) => {
      const word = words.get(option);
      return word ? ` ${label}${behind(word)}` : "";
    })
    .join("");

const sentence = (words: Words, name: (option: string) => string): string =>
  [...words].map(([option, word]) => `${bang(word)}${name(option)}${behind(word)}`).join(" ");
/** As `-S` says it. */
export const dashed = (words: Words): string => sentence(words, (option) => option);
/** As `-S` says it, without the dashes. */
export const bare = (words: Words): string => sentence(words, (option) => option.slice(2));

export const portName = (port: string, { numeric, protocol, serviceName }: ListingContext): string =>
  (numeric || protocol === undefined ? undefined : serviceName(Number(port), protocol)) ?? port;

/** A port or `from:to`, by name where there is one. */
export const portsName = (text: string, context: ListingContext): string =>
  text
    .split(":")
    .map((port) => portName(port, context))
    .join(":");

/** One value under one label; `mark` says how a negation looks. */
export const value =
  (label: string, mark = "! "): ListingForm =>
  (words) => {
    const [word] = words.values();
    return `${label}${bang(word, mark)}${word?.text ?? ""}`;
  };
