/** Rules that iptables takes, or nearly: from the declarations, with values at their edges, and from changed vectors. */
import type { Extension, OptionSpec } from "../../src/extensions/extension.js";
import { kebab } from "../../src/extensions/long-option.js";
import type { Question } from "../oracle/ask.js";
import type { Vector } from "../vectors/iptables.js";
import { type Corpus, type Group, groupsOf, wordsOf } from "./corpus.js";
import { mutate, mutateWord } from "./mutate.js";
import type { Random } from "./random.js";

type Place = Pick<Question, "table" | "chain">;
const CORE = ["-s", "-d", "-i", "-o", "-p", "-f"] as const;
const CORE_WORDS: Readonly<Record<(typeof CORE)[number], readonly string[]>> = {
  "-s": [
    "10.0.0.0/8",
    "192.0.2.1",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::1",
    "::/0",
    "::ffff:192.0.2.1",
    "10.1.2.3/255.0.255.0",
  ],
  "-d": [
    "198.51.100.7/31",
    "255.255.255.255",
    "1.2.3.4,5.6.7.8",
    "ff00::/8",
    "fe80::1/10",
    "2001:db8::1,2001:db8::2",
  ],
  "-i": ["eth0", "eth+", "+", "lo", "a-name-of-15-cha", "dummy0"],
  "-o": ["eth0", "ppp+", "+", "br0.12"],
  "-p": [
    "tcp",
    "udp",
    "icmp",
    "ipv6-icmp",
    "sctp",
    "dccp",
    "udplite",
    "esp",
    "ah",
    "ipcomp",
    "mh",
    "all",
    "0",
    "255",
    "47",
  ],
  "-f": [],
};
const VERDICTS = ["ACCEPT", "DROP", "RETURN", "QUEUE", "UC"];

function optionWords(
  spec: OptionSpec,
  option: string,
  { behind }: Corpus,
  random: Random,
): readonly string[] {
  const seen = behind.get(option);
  if (spec.words === 0 || (spec.optional && random.chance(0.3))) return [];
  const words: readonly string[] =
    spec.words === 1 && spec.edges && (!seen || random.chance(0.5))
      ? [random.pick(spec.edges)]
      : ((seen && random.pick(seen)) ?? ["1"]);
  return random.chance(0.04) ? words.map((word) => mutateWord(word, random)) : words;
}
function anOption(extension: Extension, corpus: Corpus, random: Random): Group | undefined {
  const keys = Object.keys(extension.specs),
    aliases = Object.keys(extension.aliases);
  if (aliases.length > 0 && random.chance(0.15)) {
    const option = random.pick(aliases).replace("! ", ""),
      seen = corpus.behind.get(option) ?? [[]];
    return { not: random.chance(0.2), option, words: random.pick(seen) };
  }
  if (keys.length === 0) return undefined;
  const key = random.pick(keys),
    spec = extension.specs[key]!,
    option = kebab(key);
  return {
    not: random.chance(spec.negatable || spec.fold ? 0.25 : 0.03),
    option,
    words: optionWords(spec, option, corpus, random),
  };
}
const belongs = ({ specs, aliases }: Extension, option: string): boolean =>
  option in aliases || Object.keys(specs).some((key) => kebab(key) === option);

/** Options of the extension as a vector has them, and then some. */
function optionsOf(extension: Extension, base: Vector | undefined, corpus: Corpus, random: Random): Group[] {
  const groups =
    base && random.chance(0.75) ? groupsOf(base.argv).filter(({ option }) => belongs(extension, option)) : [];
  const out = [...groups];
  const edits = random.pick([1, 1, 2]);
  for (let n = 0; n < edits; n++) {
    const drawn = anOption(extension, corpus, random),
      at = random.below(out.length + 1),
      old = out[at];
    if (!drawn) return out;
    const same = out.findIndex(({ option }) => option === drawn.option);
    if (same >= 0 && random.chance(0.95)) out[same] = drawn;
    else if (!old || random.chance(0.6)) out.splice(at, 0, drawn);
    else if (random.chance(0.5)) out.splice(at, 1);
    else out[at] = { ...old, not: !old.not };
  }
  return out;
}
const opening = ({ kind, name }: Extension): Group => ({
  not: false,
  option: kind === "match" ? "-m" : "-j",
  words: [name],
});

type Drawn = Place & { argv: readonly string[] };
function useOf(extension: Extension, corpus: Corpus, random: Random): Drawn {
  const taken = corpus.taken.get(extension.name),
    base = taken && random.pick(taken);
  const around = base ? groupsOf(base.argv).filter(({ option }) => CORE.includes(option as "-s")) : [];
  const own = [opening(extension), ...optionsOf(extension, base, corpus, random)];
  const groups = random.chance(0.95) ? [...around, ...own] : [...own, ...around];
  if (random.chance(0.25)) {
    const other = random.pick(corpus.extensions),
      more = corpus.taken.get(other.name);
    if (other.kind === "match" || extension.kind === "match")
      groups.push(opening(other), ...optionsOf(other, more && random.pick(more), corpus, random));
  } else if (extension.kind === "match" && random.chance(0.4))
    groups.push({ not: false, option: random.chance(0.9) ? "-j" : "-g", words: [random.pick(VERDICTS)] });
  return { table: base?.table ?? "filter", chain: base?.chain ?? "FORWARD", argv: wordsOf(groups) };
}
/** A rule that uses the extension. */
export const drawUse = (extension: Extension, corpus: Corpus, random: Random): Question => ({
  ...useOf(extension, corpus, random),
  family: corpus.family === "ipv4" ? 4 : 6,
});
function fromVectors(corpus: Corpus, random: Random): Drawn {
  const { table, chain, argv } = random.pick(corpus.vectors);
  if (random.chance(0.3)) {
    const more = groupsOf(random.pick(corpus.vectors).argv).filter(({ option }) => !/^-[jpg]$/.test(option));
    return { table, chain, argv: [...argv, ...wordsOf(more)] };
  }
  return { table, chain, argv: mutate(argv, random.pick(corpus.vectors).argv, random) };
}

/** One rule, somewhere in the tables. */
export function drawRule(corpus: Corpus, random: Random): Question {
  const drawn = random.chance(0.75)
    ? useOf(random.pick(corpus.extensions), corpus, random)
    : fromVectors(corpus, random);
  let { argv } = drawn;
  if (random.chance(0.15)) {
    const option = random.pick(CORE),
      words = CORE_WORDS[option];
    const group = { not: random.chance(0.25), option, words: words.length > 0 ? [random.pick(words)] : [] };
    argv = random.chance(0.5) ? [...argv, ...wordsOf([group])] : [...wordsOf([group]), ...argv];
  }
  return { ...drawn, family: corpus.family === "ipv4" ? 4 : 6, argv };
}
