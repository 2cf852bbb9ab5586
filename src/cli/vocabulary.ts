import type { Example } from "./command.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  FORCE_SWITCH,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
  PROFILE_SWITCH,
  WAIT_SWITCH,
} from "./session.js";
import type { Switch } from "./switches.js";

/** One of iptables' commands, for the help. */
export interface Verb {
  readonly short: string;
  readonly long: string;
  readonly words: string;
  /** For the list of commands. */
  readonly summary: string;
  readonly about: string;
  readonly switches: readonly string[];
  readonly examples: readonly Example[];
}

/** What goes with every command of the iptables vocabulary. */
export const VOCABULARY_SWITCHES: readonly Switch[] = [
  {
    long: "table",
    short: "t",
    value: "TABLE",
    about: "filter (the default), nat, mangle, raw or security.",
  },
  { long: "verbose", short: "v", about: "Say more: with -L counters and interfaces, with -S counters." },
  {
    long: "numeric",
    short: "n",
    about: "With -L: numbers instead of names of ports, protocols and addresses.",
  },
  { long: "exact", short: "x", about: "With -L -v: counters to the last digit." },
  { long: "line-numbers", about: "With -L: the number of each rule." },
  {
    long: "set-counters",
    short: "c",
    value: "PACKETS BYTES",
    about: "What the counters of a new rule start from.",
  },
  JSON_SWITCH,
  WAIT_SWITCH,
  FORCE_SWITCH,
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  PROFILE_SWITCH,
  HELP_SWITCH,
];

const EVERY = ["table", "wait", "force", "ipv4", "ipv6", "netns", "backend"];
const READING = ["table", "verbose", "json", "ipv4", "ipv6", "netns", "backend"];
const RULE = [...EVERY, "profile", "set-counters", "verbose"];

export const VERBS: readonly Verb[] = [
  {
    short: "A",
    long: "append",
    words: "CHAIN RULE",
    summary: "Add a rule at the end of a chain",
    about:
      "adds a rule at the end of a chain. Rules are tried from the top; the first that decides, decides.",
    switches: RULE,
    examples: [
      {
        does: "Let ssh in",
        words: "-A INPUT -p tcp --dport ssh -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",
      },
      {
        does: "Drop what belongs to no connection",
        words: "-A INPUT -m conntrack --ctstate INVALID -j DROP",
      },
    ],
  },
  {
    short: "I",
    long: "insert",
    words: "CHAIN [NUMBER] RULE",
    summary: "Put a rule before rule NUMBER, or on top",
    about: "puts a rule before the rule that has that number; without a number on top of the chain.",
    switches: RULE,
    examples: [{ does: "Before rule 2", words: "-I INPUT 2 -p tcp -s 198.51.100.7 --dport 22 -j ACCEPT" }],
  },
  {
    short: "R",
    long: "replace",
    words: "CHAIN NUMBER RULE",
    summary: "Put a rule in the place of rule NUMBER",
    about: "puts a rule in the place of the one that has that number.",
    switches: RULE,
    examples: [{ does: "Reject instead of drop", words: "-R INPUT 3 -s 203.0.113.51 -j REJECT" }],
  },
  {
    short: "D",
    long: "delete",
    words: "CHAIN NUMBER|RULE",
    summary: "Delete a rule, by its number or as it is",
    about:
      "deletes a rule: by its number (see -L --line-numbers), or the first that is the same as the one given.",
    switches: [...EVERY, "profile", "verbose"],
    examples: [
      { does: "By number", words: "-D INPUT 3" },
      { does: "As it is", words: "-D INPUT -s 203.0.113.51 -j DROP" },
    ],
  },
  {
    short: "C",
    long: "check",
    words: "CHAIN RULE",
    summary: "Tell by the exit status whether the rule is there",
    about: "tells by the exit status whether the chain holds the rule: 0 if it does, 1 if not.",
    switches: [...EVERY, "profile"],
    examples: [{ does: "Is it there?", words: "-C INPUT -i lo -j ACCEPT && echo yes" }],
  },
  {
    short: "N",
    long: "new-chain",
    words: "CHAIN",
    summary: "Make a chain",
    about: "makes a chain of your own. Rules lead to it with -j CHAIN.",
    switches: EVERY,
    examples: [{ does: "A chain for bad addresses", words: "-N banned && rampart -I INPUT -j banned" }],
  },
  {
    short: "E",
    long: "rename-chain",
    words: "OLD NEW",
    summary: "Rename a chain",
    about: "renames a chain of your own. Rules that lead to it follow.",
    switches: EVERY,
    examples: [{ does: "Another name", words: "-E banned blocked" }],
  },
  {
    short: "X",
    long: "delete-chain",
    words: "[CHAIN]",
    summary: "Delete a chain that is empty and unused, or all of your own",
    about: "deletes a chain of your own, which must be empty and unused; without a name all of them.",
    switches: [...EVERY, "verbose"],
    examples: [{ does: "Empty it first", words: "-F banned && rampart -X banned" }],
  },
  {
    short: "P",
    long: "policy",
    words: "CHAIN ACCEPT|DROP",
    summary: "Set what happens at the end of a built-in chain",
    about:
      "sets what happens to packets that reach the end of a built-in chain. Allow ssh before you say DROP.",
    switches: EVERY,
    examples: [{ does: "Nothing comes in that no rule allows", words: "-P INPUT DROP" }],
  },
  {
    short: "F",
    long: "flush",
    words: "[CHAIN]",
    summary: "Delete all rules of a chain, or of the table",
    about:
      "deletes all rules of a chain, or of all chains of the table. Policies stay: with DROP you lock yourself out.",
    switches: [...EVERY, "verbose"],
    examples: [{ does: "Open the door, then clear up", words: "-P INPUT ACCEPT && rampart -F INPUT" }],
  },
  {
    short: "Z",
    long: "zero",
    words: "[CHAIN [NUMBER]]",
    summary: "Set counters to zero",
    about:
      "sets the counters of a rule, of a chain or of the table to zero. With -L or -S it prints them first.",
    switches: [...EVERY, "verbose"],
    examples: [{ does: "Read and reset", words: "-L INPUT -v -n -Z" }],
  },
  {
    short: "L",
    long: "list",
    words: "[CHAIN [NUMBER]]",
    summary: "Show rules as a table",
    about: "shows the rules of a chain, or of the table, in columns.",
    switches: [...READING, "numeric", "exact", "line-numbers", "profile"],
    examples: [
      { does: "Everything, with counters", words: "-L -v -n --line-numbers" },
      { does: "For a program", words: "-L INPUT --json" },
    ],
  },
  {
    short: "S",
    long: "list-rules",
    words: "[CHAIN [NUMBER]]",
    summary: "Show rules as commands",
    about: "shows the rules of a chain, or of the table, as the commands that would make them.",
    switches: [...READING, "profile"],
    examples: [{ does: "One chain", words: "-S INPUT" }],
  },
];
