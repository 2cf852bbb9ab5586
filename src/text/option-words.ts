import type { Alias, Extension } from "../extensions/extension.js";
import { matches, targets } from "../extensions/registry.js";
import { namesOf } from "./open-parts.js";

let counts: ReadonlyMap<string, number> | undefined;

/**
 * How many words follow an option of an extension, -1 where no extension has it. Who takes a command line apart before
 * the rule is known must ask, as a value may look like an option: `--comment -v`.
 *
 * @example optionWords("--tcp-flags") // 2
 */
export function optionWords(name: string): number {
  counts ??= countAll();
  return counts.get(name) ?? -1;
}

/** The same for a beginning of an option's name: the least that any option that begins so takes, -1 where none does. */
export function optionWordsLike(beginning: string): number {
  counts ??= countAll();
  let least = -1;
  for (const [name, words] of counts)
    if (name.startsWith(beginning) && (least < 0 || words < least)) least = words;
  return least;
}

/** The options of a match or a target as they are typed; undefined where Rampart knows none of that name. */
export function extensionOptions(kind: "match" | "target", name: string): readonly OptionUsage[] | undefined {
  const extension = (kind === "match" ? matches : targets).get(name);
  return (
    extension &&
    [...namesOf(extension)].map(([word, key]) => {
      const alias = extension.aliases[word],
        spec =
          extension.specs[typeof alias === "object" ? (namesOf(extension).get(alias[0] ?? "") ?? "") : key];
      const negatable = spec !== undefined && (spec.negatable || spec.fold !== undefined);
      return { word, words: optionWords(word), negatable };
    })
  );
}
export interface OptionUsage {
  /** `--ctstate` */
  readonly word: string;
  /** How many words follow it. */
  readonly words: number;
  /** Whether `!` may stand before it. */
  readonly negatable: boolean;
}

function countAll(): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const extension of [...matches.values(), ...targets.values()])
    for (const [name, key] of namesOf(extension)) {
      const alias = extension.aliases[name];
      const words = alias === undefined ? extension.specs[key]!.words : aliasWords(extension, alias);
      // Of two extensions the one that takes less is followed: a word too many would swallow an option.
      all.set(name, Math.min(words, all.get(name) ?? words));
    }
  return all;
}

function aliasWords(extension: Extension, alias: Alias): number {
  if (typeof alias === "function") return 1;
  const [option = "", ...given] = alias,
    key = namesOf(extension).get(option) ?? "";
  return Math.max(0, (extension.specs[key]?.words ?? 0) - given.length);
}
