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
