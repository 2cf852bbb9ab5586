/** What the vectors teach: rules that use an extension, and words that stand behind an option. */
import type { Extension } from "../../src/extensions/extension.js";
import { matches, targets } from "../../src/extensions/registry.js";
import type { Family } from "../../src/model/family.js";
import { extensionsIn } from "../vectors/conformance.js";
import { readVectors, type Vector } from "../vectors/iptables.js";

/** An option with its words, and `!` before it. */
export interface Group {
  readonly not: boolean;
  readonly option: string;
  readonly words: readonly string[];
}
const isOption = (word: string): boolean => /^-([a-zA-Z]|-[a-zA-Z])/.test(word);
/** The words of a rule as options; what stands before the first is left out. */
export function groupsOf(argv: readonly string[]): readonly Group[] {
  const groups: Group[] = [];
  let not = false;
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === "!") not = true;
    else if (isOption(argv[i]!)) {
      const option = argv[i]!,
        words: string[] = [];
      while (i + 1 < argv.length && argv[i + 1] !== "!" && !isOption(argv[i + 1]!)) words.push(argv[++i]!);
      groups.push({ not, option, words });
      not = false;
    }
  }
  return groups;
}
export const wordsOf = (groups: readonly Group[]): readonly string[] =>
  groups.flatMap(({ not, option, words }) => [...(not ? ["!"] : []), option, ...words]);

export interface Corpus {
  readonly family: Family;
  /** What may be mutated: rules that iptables took, and rules that it did not. */
  readonly vectors: readonly Vector[];
  readonly extensions: readonly Extension[];
  /** Rules that iptables took, by the extension that they use. */
  readonly taken: ReadonlyMap<string, readonly Vector[]>;
  /** What stood behind an option, of either family. */
  readonly behind: ReadonlyMap<string, readonly (readonly string[])[]>;
}

export function corpusOf(family: Family): Corpus {
  const all = readVectors(),
    own = all.filter((vector) => (vector.family === 4) === (family === "ipv4")),
    taken = new Map<string, Vector[]>(),
    behind = new Map<string, (readonly string[])[]>();
  const add = <V>(map: Map<string, V[]>, key: string, value: V) => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  for (const vector of own)
    if (vector.sent !== undefined) for (const name of extensionsIn(vector).used) add(taken, name, vector);
  for (const { argv } of all) for (const { option, words } of groupsOf(argv)) add(behind, option, words);
  const extensions = [...matches.values(), ...targets.values()].filter(
    (extension) => extension.revision(family) !== undefined,
  );
  return { family, vectors: own, extensions, taken, behind };
}
