import { fail } from "../errors.js";
import type { MessageWriter } from "../netlink/writer.js";
import { emptyElement, readElement } from "./element.js";
import { ENTRY_OPTIONS, type EntryOption, writeFlags } from "./entry-options.js";
import { type EntryContext, type Fields, PARTS, type Part } from "./parts.js";
import { type LooseEntry, SET_TYPES, type SetEntries, type SetType } from "./set-types.js";

/** An entry of a set of that type: its fields, or ipset's words for it (`10.0.0.1,tcp:80 timeout 60`). */
export type EntryOf<T extends SetType> = SetEntries[T] | string;

/** How the entries of one set are read and written. */
export interface EntryCodec<T extends SetType = SetType> {
  readonly type: T;
  /** Writes the attributes of an entry; throws `invalid-value`. */
  write(entry: LooseEntry | string, writer: MessageWriter): void;
  /** From an element as the kernel has it, without the options behind it. */
  element(bytes: Uint8Array, from: number, to: number): string;
  /** With them: what ipset's save prints behind the set's name. */
  text(bytes: Uint8Array, from: number, to: number): string;
  value(bytes: Uint8Array, from: number, to: number): SetEntries[T];
  /** From ipset's words. */
  read(element: string, options: readonly string[]): LooseEntry;
}

const optionsOf = (type: SetType): readonly EntryOption[] =>
  ENTRY_OPTIONS.filter(({ field }) => {
    if (field === "nomatch") return SET_TYPES[type].nomatch === true;
    return field !== "wildcard" || type === "hash:net,iface";
  });

export function entryCodec<T extends SetType>(type: T, context: EntryContext): EntryCodec<T> {
  const facts = SET_TYPES[type],
    parts: readonly Part[] = facts.parts.map((name) => PARTS[name]),
    options = optionsOf(type),
    single = parts.length === 1 ? parts[0] : undefined,
    needed = parts.length - (facts.spare ?? 0),
    ofParts = new Set<string>(parts.flatMap(({ field, beside = [] }) => [field, ...beside])),
    optionOf = new Map<string, EntryOption>(options.map((option) => [option.field, option]));
  const shape = facts.parts.map((name) => (name === "barePort" ? "port" : name)).join(",");
  const element = emptyElement();

  function readParts(word: string, into: Fields): void {
    if (single) {
      single.read(word, into);
      return;
    }
    const words = word.split(",");
    if (words.length < needed || words.length > parts.length)
      fail(`"${word}" is no entry of ${type}: that is ${shape}`);
    words.forEach((piece, i) => {
      parts[i]!.read(piece, into);
    });
  }
  function readOptions(words: readonly string[], into: Fields): void {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!.replace(/^--?(?=[a-z])/, "");
      if (type === "list:set" && (word === "before" || word === "after"))
        into[word] = words[++i] ?? fail(`${word} needs the name of a set`);
      else {
        const option = options.find(({ field }) => field === word);
        if (!option) fail(`an entry of ${type} has no "${words[i]}"`);
        option.read(option.flag ? "" : (words[++i] ?? fail(`${word} needs a value`)), into);
      }
    }
  }
  const read = (word: string, words: readonly string[]): LooseEntry => {
    const into: Fields = {};
    readParts(word, into);
    if (words.length > 0) readOptions(words, into);
    return into;
  };
  function writeText(text: string, writer: MessageWriter): void {
    const blank = text.indexOf(" ");
    if (blank >= 0) {
      writeFields(read(text.slice(0, blank), splitWords(text, blank)), writer);
      return;
    }
    const entry = read(text, NONE);
    for (let i = 0; i < parts.length; i++) parts[i]!.write(entry, writer, context);
    if (entry.physdev) writeFlags(entry, writer);
  }
  function writeFields(entry: LooseEntry, writer: MessageWriter): void {
    for (let i = 0; i < parts.length; i++) parts[i]!.write(entry, writer, context);
    for (const field in entry) {
      const option = optionOf.get(field);
      if (option) option.write(entry, writer);
      else if (!ofParts.has(field)) fail(`an entry of ${type} has no "${field}"`);
    }
    writeFlags(entry, writer);
  }
  const write = (given: LooseEntry | string, writer: MessageWriter): void =>
    typeof given === "string" ? writeText(given, writer) : writeFields(given, writer);
  function elementText(): string {
    if (single) return single.text(element, context);
    let text = "";
    for (const part of parts) {
      const word = part.text(element, context);
      if (word !== "") text += text === "" ? word : `,${word}`;
    }
    return text;
  }
  return {
    type,
    read,
    write,
    element(bytes, from, to) {
      readElement(bytes, from, to, element);
      return elementText();
    },
    text(bytes, from, to) {
      readElement(bytes, from, to, element);
      let text = elementText();
      for (const option of options) {
        const word = option.text(element);
        if (word !== undefined) text += word === "" ? ` ${option.field}` : ` ${option.field} ${word}`;
      }
      return text;
    },
    value(bytes, from, to) {
      readElement(bytes, from, to, element);
      const into: Fields = {};
      for (const part of parts) part.value(element, into, context);
      for (const option of options) option.value(element, into);
      // The parts and options of a type are its fields: SetEntries says so, the tests hold them together.
      return into as unknown as SetEntries[T];
    },
  };
}
const NONE: readonly string[] = [];

/** The words from `from` on; a comment in quotes is one. */
export function splitWords(text: string, from = 0): string[] {
  const words = text.slice(from).match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => (/^".*"$/.test(word) ? word.slice(1, -1) : word));
}
