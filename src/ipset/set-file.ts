import { isRampartError, type Place, RampartError } from "../errors.js";
import type { Names } from "../model/names.js";
import { Slices } from "../model/slices.js";
import { type Batch, BatchWriter, type ChangeCommand } from "./batch.js";
import { type EntryCodec, entryCodec } from "./entry.js";
import { readOptions } from "./set-options.js";
import {
  hasFamily,
  isSetType,
  type LooseEntry,
  type LooseOptions,
  SET_TYPES,
  type SetType,
} from "./set-types.js";
import { setVerb } from "./verbs.js";

/** A run of lines that add to one set, or delete from it, ready to be sent. */
export interface EntryRun {
  readonly verb: ChangeCommand;
  readonly name: string;
  readonly codec: EntryCodec;
  readonly exist: boolean;
  readonly batches: readonly Batch[];
  /** The line of each entry, from 1. */
  readonly lines: readonly number[];
}
export type FileCommand =
  | {
      readonly verb: "create";
      readonly name: string;
      readonly type: SetType;
      readonly options: LooseOptions;
      readonly exist: boolean;
      readonly line: number;
    }
  | {
      readonly verb: "destroy" | "flush" | "rename" | "swap";
      readonly names: readonly string[];
      readonly exist: boolean;
      readonly line: number;
    }
  | EntryRun;

export interface KnownSet {
  readonly type: SetType;
  readonly family: "ipv4" | "ipv6";
}
export interface ReadFileOptions {
  readonly names: Names;
  /** Every line with ipset's `-exist`. */
  readonly exist: boolean;
  readonly file?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the kernel knows of a set that the text does not create. */
  known(name: string): Promise<KnownSet | undefined>;
}

/** A word, and where it stands in its line. */
interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}
const wordsOf = (line: string): Word[] =>
  [...line.matchAll(/"[^"]*"|\S+/g)].map(({ 0: word, index }) => ({
    text: /^".*"$/.test(word) ? word.slice(1, -1) : word,
    from: index,
    to: index + word.length,
  }));

/** What a place in a text is called. */
export const placeOf = (
  source: string,
  line: number,
  file: string | undefined,
  from = 0,
  to = source.length,
): Place => ({
  ...(file !== undefined && { file }),
  line,
  column: from + 1,
  length: Math.max(1, to - from),
  source,
});

interface OpenRun {
  readonly verb: ChangeCommand;
  readonly name: string;
  readonly codec: EntryCodec;
  readonly exist: boolean;
  readonly writer: BatchWriter;
  readonly batches: Batch[];
  readonly lines: number[];
  /** What a line of it begins with as a rule. */
  readonly prefix: string;
}

/**
 * Reads what `ipset save` writes, and the other commands that `ipset restore` takes. All of it is read and encoded
 * before anything is sent. Throws `syntax`, with the place.
 */
export async function readSetFile(text: string, options: ReadFileOptions): Promise<FileCommand[]> {
  const commands: FileCommand[] = [],
    sets = new Map<string, KnownSet>(),
    slices = new Slices("ipset restore", options.signal);
  let run: OpenRun | undefined;
  const close = (): void => {
    if (!run) return;
    if (run.writer.pending) run.batches.push(run.writer.take());
    commands.push(run);
    run = undefined;
  };
  const knownSet = async (name: string): Promise<KnownSet | undefined> =>
    sets.get(name) ?? (await options.known(name));
  const append = (to: OpenRun, entry: LooseEntry | string, line: number): void => {
    if (to.writer.add(entry)) to.batches.push(to.writer.take());
    to.lines.push(line);
  };
  const openRun = (verb: ChangeCommand, name: string, set: KnownSet, exist: boolean): OpenRun => {
    if (run?.verb === verb && run.name === name && run.exist === exist) return run;
    close();
    const codec = entryCodec(set.type, { family: set.family, names: options.names });
    const writer = new BatchWriter({ command: verb, name, codec, exist });
    run = { verb, name, codec, exist, writer, batches: [], lines: [], prefix: `${verb} ${name} ` };
    return run;
  };

  for (let at = 0, number = 1; at < text.length; number++) {
    const end = lineEnd(text, at);
    if (slices.due()) await slices.pause();
    // Nearly all lines of a long file repeat the words of the one before, and hold one more.
    if (run && text.startsWith(run.prefix, at)) {
      const entry = text.slice(at + run.prefix.length, end);
      if (!/[\s"]/.test(entry) && entry !== "") {
        try {
          append(run, entry, number);
        } catch (error) {
          const from = run.prefix.length;
          refuse(problemOf(error), text.slice(at, end), number, { from, to: end - at });
        }
        at = end + 1;
        continue;
      }
    }
    const source = text.slice(at, end).replace(/\r$/, "");
    at = end + 1;
    await readLine(source, number);
  }
  close();
  return commands;

  function refuse(
    problem: string,
    source: string,
    line: number,
    { from, to }: { from: number; to: number } = { from: 0, to: source.length },
    cause?: unknown,
  ): never {
    throw new RampartError(
      "syntax",
      { problem, place: placeOf(source, line, options.file, from, to) },
      { cause },
    );
  }
  async function readLine(source: string, line: number): Promise<void> {
    if (/^\s*(#|$)/.test(source)) return;
    const all = wordsOf(source),
      words = all.filter(({ text: word }) => !EXIST_WORDS.test(word)),
      exist = options.exist || words.length < all.length;
    const [first, name, second, ...rest] = words;
    if (!first || first.text === "COMMIT") return;
    const verb = setVerb(first.text),
      end = { from: source.length, to: source.length + 1 };
    if (verb === undefined || verb === "list" || verb === "save" || verb === "test" || verb === "restore")
      refuse(
        `"${first.text}" is no command for a file: it is create, add, del, flush, destroy, rename or swap`,
        source,
        line,
        first,
      );
    const attempt = <V>(work: () => V, word: Word): V => {
      try {
        return work();
      } catch (error) {
        return refuse(problemOf(error), source, line, word);
      }
    };
    if (verb === "flush" || verb === "destroy") {
      if (second) refuse(`${verb} takes one name`, source, line, second);
      close();
      commands.push({ verb, names: name ? [name.text] : [], exist, line });
      return;
    }
    if (!name || !second) refuse(`${verb} needs ${NEEDS[verb]}`, source, line, end);
    if (verb === "rename" || verb === "swap") {
      if (rest[0]) refuse(`${verb} takes two names`, source, line, rest[0]);
      close();
      const one = await knownSet(name.text),
        other = await knownSet(second.text);
      commands.push({ verb, names: [name.text, second.text], exist, line });
      if (one) sets.set(second.text, one);
      if (verb === "swap" && other) sets.set(name.text, other);
      return;
    }
    if (verb === "create") {
      const type = second.text;
      if (!isSetType(type))
        refuse(
          `there is no set type "${type}": it is one of ${Object.keys(SET_TYPES).join(" ")}`,
          source,
          line,
          second,
        );
      const read = attempt(
        () =>
          readOptions(
            type,
            rest.map((word) => word.text),
          ),
        { text: "", from: (rest[0] ?? second).from, to: (rest.at(-1) ?? second).to },
      );
      close();
      sets.set(name.text, { type, family: (hasFamily(type) && read.family) || "ipv4" });
      commands.push({ verb, name: name.text, type, options: read, exist, line });
      return;
    }
    const set = await knownSet(name.text);
    if (!set) refuse(`there is no set "${name.text}", neither in the kernel nor above`, source, line, name);
    sets.set(name.text, set);
    const into = openRun(verb, name.text, set, exist);
    attempt(
      () =>
        append(
          into,
          into.codec.read(
            second.text,
            rest.map((word) => word.text),
          ),
          line,
        ),
      { text: "", from: second.from, to: (rest.at(-1) ?? second).to },
    );
  }
}
const EXIST_WORDS = /^(-!|--?exist)$/,
  NEEDS = {
    create: "a name and a type",
    add: "a set and an entry",
    del: "a set and an entry",
    rename: "two names",
    swap: "two names",
  } as const;
const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
};
/** What is wrong, without the words that name the entry: the place shows it. */
function problemOf(error: unknown): string {
  if (!isRampartError(error, "invalid-value")) throw error;
  const { cause } = error;
  return isRampartError(cause, "invalid-value") ? cause.context.problem : error.context.problem;
}
