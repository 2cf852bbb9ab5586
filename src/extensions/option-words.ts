import type { Alias } from "./extension.js";
import { kebab } from "./long-option.js";
import { matches, targets } from "./registry.js";

let known: ReadonlyMap<string, number> | undefined;
function count(): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const { specs, aliases } of [...matches.values(), ...targets.values()]) {
    for (const [key, { words }] of Object.entries(specs)) map.set(kebab(key), words);
    for (const [alias, meaning] of Object.entries(aliases)) {
      map.set(alias.replace(/^! /, ""), wordsAfter(meaning, map));
    }
  }
  return map;
}

/** An alias brings some words along; what its option still lacks has to be given. */
function wordsAfter(meaning: Alias, known: ReadonlyMap<string, number>): number {
  if (typeof meaning === "function") return 1;
  const [option, ...brought] = meaning;
  return option === undefined ? 0 : Math.max(0, (known.get(option) ?? 1) - brought.length);
}

/**
 * How many words follow an option of any extension, given in full or by a unique beginning; -1 for one that no
 * extension has. It tells a command line where values are, before it is known which extensions the rule uses.
 */
export function optionWords(option: string): number {
  known ??= count();
  const exact = known.get(option);
  if (exact !== undefined) return exact;
  const like = new Set([...known].filter(([name]) => name.startsWith(option)).map(([, words]) => words));
  return like.size === 1 ? [...like][0]! : -1;
}
