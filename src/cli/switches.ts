import type { CommandLine } from "./command-line.js";

/** One switch of a command, as getopt_long knows it. */
export interface Switch {
  readonly long: string;
  readonly short?: string;
  /** What the value is called in the help. A switch without one takes no value. */
  readonly value?: string;
  /** The value may be left out: it is the next word only where that is no switch. */
  readonly optional?: boolean;
  readonly about: string;
}
/** What was given: values by long name, in order; `""` for a switch without a value. */
export interface Given {
  has(long: string): boolean;
  /** The last value. */
  value(long: string): string | undefined;
  values(long: string): readonly string[];
  /** Words that are no switch, with their place on the line. */
  readonly rest: readonly { readonly word: string; readonly index: number }[];
  /** Where the switch stands, for errors about its value. */
  place(long: string): number;
}

/** Reads switches as getopt_long does: `-cn`, `-tfilter`, `--table=filter`, `--tab filter`, `--` ends them. */
export function readSwitches(switches: readonly Switch[], line: CommandLine): Given {
  const given = new Map<string, { values: string[]; at: number }>(),
    rest: { word: string; index: number }[] = [],
    { words } = line;
  let i = 0;
  const take = (found: Switch, attached: string | undefined, at: number): void => {
    let text = attached;
    if (found.value === undefined) {
      if (attached !== undefined) line.refuse(`--${found.long} takes no value`, at);
    } else if (text === undefined) {
      const next = words[i + 1];
      if (!found.optional || (next !== undefined && !/^[-!]/.test(next))) text = words[++i];
      if (text === undefined && !found.optional)
        line.refuse(`${words[at]} needs a value: ${found.value}`, at + 1);
    }
    const entry = given.get(found.long) ?? { values: [], at };
    entry.values.push(text ?? "");
    given.set(found.long, entry);
  };
  for (; i < words.length; i++) {
    const word = words[i]!,
      at = i;
    if (word === "--") {
      for (i++; i < words.length; i++) rest.push({ word: words[i]!, index: i });
    } else if (word.startsWith("--")) {
      const [name = "", value] = splitOnce(word.slice(2));
      take(findLong(switches, name, line, at), value, at);
    } else if (word.length > 1 && word.startsWith("-")) {
      for (let c = 1; c < word.length; c++) {
        const found =
          switches.find(({ short }) => short === word[c]) ?? line.refuse(`unknown option "-${word[c]}"`, at);
        const attached = found.value !== undefined && c + 1 < word.length ? word.slice(c + 1) : undefined;
        take(found, attached, at);
        if (attached !== undefined) break;
      }
    } else rest.push({ word, index: at });
  }
  return {
    has: (long) => given.has(long),
    value: (long) => given.get(long)?.values.at(-1),
    values: (long) => given.get(long)?.values ?? [],
    place: (long) => given.get(long)?.at ?? 0,
    rest,
  };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function findLong(switches: readonly Switch[], name: string, line: CommandLine, at: number): Switch {
  const exact = switches.find(({ long }) => long === name);
  if (exact) return exact;
  const like = switches.filter(({ long }) => long.startsWith(name));
  const [found] = like;
  if (like.length === 1 && found) return found;
  const choice = like.map(({ long }) => `--${long}`).join(", ");
  return line.refuse(like.length > 1 ? `"--${name}" may be ${choice}` : `unknown option "--${name}"`, at);
}
