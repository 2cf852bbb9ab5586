import { isDeepStrictEqual } from "node:util";
import { isRampartError } from "../../src/errors.js";
import { encodePart } from "../../src/extensions/entry.js";
import type { Extension } from "../../src/extensions/extension.js";
import { printPart } from "../../src/extensions/lookup.js";
import { FAMILIES, type Family } from "../../src/model/family.js";
import { isNot, isOpaque, type Options, type Part } from "../../src/model/rule.js";
import { parseRule } from "../../src/text/parse-rule.js";
import { extensionsIn } from "../../test/vectors/conformance.js";
import { contextOf, familyOf, readVectors, USER_CHAIN } from "../../test/vectors/iptables.js";
import { NAMES } from "../../test/vectors/names.js";

type Kind = Extension["kind"];
/** A factory, and the extension that it is of. */
export type Made = Extension & ((options: Options) => Part);
/** One part of a rule, in iptables' words and as the call that makes it. */
export interface Example {
  readonly text: string;
  readonly call: string;
}

/** A value as somebody would write it. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${literal(one)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
const callOf = (factory: string, options: Options): string =>
  `${factory}(${Object.keys(options).length === 0 ? "" : literal(options)})`;

/** The part in both spellings; throws where one of them is not what the other says. */
function example(made: Made, family: Family, factory: string, options: Options): Example {
  const { kind } = made,
    // There is every set.
    ctx = { ...contextOf(family), setIndex: () => 0 },
    part = made(options),
    text = printPart(part, kind, ctx);
  const read = parsed(kind, family, `${needs(part)}${text}`);
  for (const one of [part, read]) encodePart(one, kind, ctx);
  // Not the options: of some, as of the mask of recent, the text says what they are by default.
  if (printPart(read, kind, ctx) !== text)
    throw new Error(`${callOf(factory, options)} is printed as ${text}, which is read as another part`);
  return { text, call: callOf(factory, options) };
}
/** What the rule around must say, so that iptables takes the part. */
function needs({ name }: Part): string {
  const own = /^(tcp|udp|sctp|dccp|esp|ah|icmp|mh|ipcomp)$/.exec(name)?.[0];
  return `-p ${own ?? (name === "icmp6" ? "icmpv6" : "tcp")} `;
}
function parsed(kind: Kind, family: Family, text: string): Part {
  const { matches = [], jump } = parseRule(text, { family, names: NAMES });
  const part = kind === "target" ? jump : matches.at(-1);
  if (typeof part !== "object") throw new Error(`${text}: no ${kind}`);
  return part;
}
const familyFor = (extension: Extension): Family =>
  FAMILIES.find((family) => extension.revision(family) !== undefined)!;

/** The example of a docstring. */
export function writtenExample(extension: Made, factory: string, call: string): Example {
  const part: unknown = new Function(factory, `return ${call}`)(extension),
    { options } = part as Part;
  return { ...example(extension, familyFor(extension), factory, options), call };
}

interface Candidate {
  readonly family: Family;
  readonly options: Options;
  readonly cost: number;
}
/** The plainest part of a rule that iptables itself took, for each option of each extension: "match tcp dport". */
export function recordedParts(): ReadonlyMap<string, Candidate> {
  const best = new Map<string, Candidate>();
  for (const vector of readVectors()) {
    if (vector.saved === undefined || vector.sent === undefined || extensionsIn(vector).missing.length > 0)
      continue;
    const family = familyOf(vector);
    for (const [kind, part] of partsOf(vector.saved, family)) {
      if (isOpaque(part)) continue;
      const values = Object.values(part.options);
      // Numbers at their bounds and negations are the exception in real rules.
      const cost = 100 * values.length + 50 * values.filter(isNot).length + literal(part.options).length;
      for (const key of Object.keys(part.options)) {
        const place = `${kind} ${part.name} ${key}`,
          known = best.get(place);
        if (!known || cost < known.cost) best.set(place, { family, options: part.options, cost });
      }
    }
  }
  return best;
}
function partsOf(saved: string, family: Family): readonly (readonly [Kind, Part])[] {
  try {
    const text = saved.replace(/^-A \S+ ?/, ""),
      { matches = [], jump } = parseRule(text, { family, names: NAMES, chains: [USER_CHAIN] });
    const parts = matches.map((part) => ["match", part] as const);
    return typeof jump === "object" ? [...parts, ["target", jump]] : parts;
  } catch {
    // Some lines not even iptables can read again.
    return [];
  }
}

/** The options without those that the part has all the same. */
function withoutDefaults(made: Made, options: Options, key: string): Options {
  let left = options;
  for (const other of Object.keys(options).filter((one) => one !== key)) {
    const { [other]: _, ...rest } = left;
    try {
      if (isDeepStrictEqual(made(rest).options, options)) left = rest;
    } catch (error) {
      if (!isRampartError(error)) throw error;
    }
  }
  return left;
}
/** One example for each option, each part once. */
export function optionExamples(
  extension: Made,
  factory: string,
  recorded: ReadonlyMap<string, Candidate>,
): readonly Example[] {
  const examples = new Map<string, Example>();
  for (const key of Object.keys(extension.specs)) {
    const found = recorded.get(`${extension.kind} ${extension.name} ${key}`);
    if (!found) continue;
    const needed = withoutDefaults(extension, found.options, key);
    const one = example(extension, found.family, factory, needed);
    examples.set(one.text, one);
  }
  return [...examples.values()];
}
