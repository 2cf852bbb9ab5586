/** ipset's commands. */
export type SetVerb =
  | "create"
  | "add"
  | "del"
  | "test"
  | "destroy"
  | "list"
  | "save"
  | "restore"
  | "flush"
  | "rename"
  | "swap";

/** Each with the other words that ipset 7.17 takes for it, ipset(8). */
const WORDS: Readonly<Record<SetVerb, readonly string[]>> = {
  create: ["create", "-N", "--create"],
  add: ["add", "-A", "--add"],
  del: ["del", "-D", "--del"],
  test: ["test", "-T", "--test"],
  destroy: ["destroy", "-X", "--destroy", "x"],
  list: ["list", "-L", "--list"],
  save: ["save", "-S", "--save"],
  restore: ["restore", "-R", "--restore"],
  flush: ["flush", "-F", "--flush"],
  rename: ["rename", "-E", "--rename", "e"],
  swap: ["swap", "-W", "--swap", "w"],
};
const VERBS = new Map(
  Object.entries(WORDS).flatMap(([verb, words]) => words.map((word) => [word, verb as SetVerb] as const)),
);
export const setVerb = (word: string): SetVerb | undefined => VERBS.get(word);
