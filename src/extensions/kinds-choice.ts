import { fail } from "../errors.js";
import { mapped } from "./kinds-number.js";
import type { Has, Kind } from "./option-form.js";

/** One of these words, each of which is a number in the struct. `fold`: the case that they have. */
export function oneOf<F extends string, const T extends Readonly<Record<string, number>>>(
  field: F,
  numbers: T,
  fold: (word: string) => string = (word) => word,
): Kind<Has<F>, keyof T & string> {
  type Word = keyof T & string;
  const words = Object.keys(numbers) as Word[];
  const kind = mapped<F, Word>(
    field,
    (word) => numbers[word]!,
    (n) => words.find((word) => numbers[word] === n) ?? fail(`${n} is none of ${words.join(", ")}`),
    {
      parse: (text) =>
        words.find((word) => word === fold(text)) ?? fail(`"${text}" is none of ${words.join(", ")}`),
      print: (word) => word,
    },
  );
  return {
    ...kind,
    edges: [...words, words[0]!.toLowerCase(), words[0]!.toUpperCase(), "", `${words[0]!}x`],
  };
}
