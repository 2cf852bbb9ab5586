/**
 * Prints rules at the edges of every extension, for scripts/record-vectors.ts --edges: each option at each of its edges,
 * negated, and beside each other option; what is in the vectors already is left out.
 */
import type { Extension } from "../src/extensions/extension.js";
import { kebab } from "../src/extensions/long-option.js";
import { BUILT_IN_CHAINS, FAMILIES, TABLE_NAMES } from "../src/model/family.js";
import { type Corpus, corpusOf, type Group, groupsOf, wordsOf } from "../test/fuzz/corpus.js";
import { mutate } from "../test/fuzz/mutate.js";
import { randomFrom } from "../test/fuzz/random.js";
import type { Vector } from "../test/vectors/iptables.js";

const MOST_VALUES = 14,
  LEAST = 24,
  MOST_LINES = 48,
  random = randomFrom(1);
const CORE = /^-[pio]$/;
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
const lineOf = ({ family, table, chain }: Vector, groups: readonly Group[]): string =>
  [family, table, chain, ...wordsOf(groups).map((word) => (word === "!" ? word : quoted(word)))].join(" ");

/** The plainest rule that iptables took: the fewest options beside those of the extension. */
function plainest(extension: Extension, { taken }: Corpus): Vector | undefined {
  const all = taken.get(extension.name) ?? [],
    cost = ({ argv, refused }: Vector): number => argv.length + (refused ? 100 : 0);
  return [...all].sort((a, b) => cost(a) - cost(b))[0];
}
function valuesOf(extension: Extension, key: string, { behind }: Corpus): readonly (readonly string[])[] {
  const spec = extension.specs[key]!;
  if (spec.words === 0) return [[]];
  const edges = spec.words === 1 ? (spec.edges ?? []).map((word) => [word]) : [],
    seen = (behind.get(kebab(key)) ?? []).filter((words) => words.length === spec.words || spec.optional);
  const all = new Map([...edges, ...seen].map((words) => [words.join(" "), words]));
  const list = [...all.values()];
  while (list.length > MOST_VALUES) list.splice(random.below(list.length), 1);
  return list;
}
/** The option in place of the one that is there, or behind the others. */
function put(groups: readonly Group[], group: Group): readonly Group[] {
  const at = groups.findIndex(({ option }) => option === group.option);
  return at < 0 ? [...groups, group] : groups.with(at, group);
}

function edgesOf(extension: Extension, corpus: Corpus, known: ReadonlySet<string>): readonly string[] {
  const base = plainest(extension, corpus);
  if (!base) return [];
  const open = { not: false, option: extension.kind === "match" ? "-m" : "-j", words: [extension.name] },
    own = groupsOf(base.argv),
    around = own.filter(({ option }) => CORE.test(option)),
    options = own.filter(({ option }) => option.startsWith("--"));
  const lines = new Set<string>(),
    add = (groups: readonly Group[]) => lines.add(lineOf(base, [...around, open, ...groups]));
  const keys = Object.keys(extension.specs);
  for (const key of keys) {
    const option = kebab(key),
      spec = extension.specs[key]!;
    for (const [i, words] of valuesOf(extension, key, corpus).entries()) {
      add(put(options, { not: false, option, words }));
      if (i < 2) add(put(options, { not: true, option, words }));
      if (i === 0 && spec.words === 0)
        add([...options, { not: false, option, words }, { not: false, option, words }]);
    }
    for (const other of keys) {
      if (other === key) continue;
      const one = random.pick(valuesOf(extension, key, corpus)) ?? [],
        two = random.pick(valuesOf(extension, other, corpus)) ?? [];
      add(
        put(put(options, { not: false, option, words: one }), {
          not: random.chance(0.2),
          option: kebab(other),
          words: two,
        }),
      );
    }
  }
  add(options);
  add([]);
  const list = [...lines].filter((line) => !known.has(line));
  while (list.length > MOST_LINES) list.splice(random.below(list.length), 1);
  // What has few edges is tried everywhere, and with typing errors.
  const more = new Set(list),
    rule = [...around, open, ...options];
  for (const table of TABLE_NAMES)
    for (const chain of BUILT_IN_CHAINS[table])
      if (more.size < LEAST) more.add(lineOf({ ...base, table, chain }, rule));
  for (const line of known) more.delete(line);
  while (more.size < LEAST) {
    const argv = mutate(wordsOf(rule), wordsOf(rule), random).filter((word) => !/^-[^mjpio-]/.test(word)),
      line = lineOf(base, []) + argv.map((word) => ` ${word === "!" ? word : quoted(word)}`).join("");
    if (!known.has(line)) more.add(line);
  }
  return [...more];
}

for (const family of FAMILIES) {
  const corpus = corpusOf(family);
  const known = new Set(
    corpus.vectors.map((vector) =>
      [
        vector.family,
        vector.table,
        vector.chain,
        ...vector.argv.map((word) => (word === "!" ? word : quoted(word))),
      ].join(" "),
    ),
  );
  for (const extension of corpus.extensions)
    for (const line of edgesOf(extension, corpus, known)) console.log(line);
}
