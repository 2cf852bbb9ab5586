/** Small damage to words: what a typing error, another program or a man page in doubt makes of a rule. */
import type { Random } from "./random.js";

const PIECES = [
  "0",
  "1",
  "9",
  "-",
  "+",
  ",",
  ":",
  "/",
  "!",
  ".",
  " ",
  "x",
  "0x",
  "'",
  '"',
  "\\",
  "=",
  "%",
  "e",
  "é",
];
/** One character more, less, twice, or another one; or a number that is off. */
export function mutateWord(word: string, random: Random): string {
  const at = random.below(word.length + 1),
    before = word.slice(0, at),
    after = word.slice(at);
  switch (random.below(8)) {
    case 0:
      return before + random.pick(PIECES) + after;
    case 1:
      return before + after.slice(1);
    case 2:
      return before + after.slice(0, 1) + after;
    case 3:
      return before + random.pick(PIECES) + after.slice(1);
    case 4:
      return random.chance(0.5) ? word.toUpperCase() : word.toLowerCase();
    case 5:
      return word.replace(/\d+/, (n) => `${BigInt(n) + BigInt(random.below(3) - 1)}`.replace("-", ""));
    case 6:
      return word.replace(/\d+/, () =>
        random.pick(["0", "255", "256", "65535", "65536", "4294967295", "4294967296"]),
      );
    default:
      return word.slice(0, at);
  }
}
const LONG = /^--[a-z]/;
/** Words left out, said twice, changed places, borrowed from another rule, glued together or abbreviated. */
export function mutate(argv: readonly string[], other: readonly string[], random: Random): readonly string[] {
  const words = [...argv];
  for (let n = 1 + random.below(2); n > 0; n--) {
    const at = random.below(words.length + 1),
      word = words[at];
    if (word === undefined || random.chance(0.05)) {
      words.splice(at, 0, random.chance(0.5) ? "!" : random.pick(other.length > 0 ? other : ["1"]));
      continue;
    }
    const dice = random.below(10);
    if (dice < 4) words[at] = mutateWord(word, random);
    else if (dice === 4) words.splice(at, 1);
    else if (dice === 5) words.splice(at, 0, word);
    else if (dice === 6 && other.length > 0) words[at] = random.pick(other);
    else if (dice === 7 && LONG.test(word) && at + 1 < words.length)
      words.splice(at, 2, `${word}=${words[at + 1]}`);
    else if (dice === 8 && LONG.test(word)) words[at] = word.slice(0, 3 + random.below(word.length - 2));
    else words.push(...words.splice(at, 1 + random.below(2)));
  }
  return words;
}
