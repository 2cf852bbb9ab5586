import type { Counters } from "../model/counters.js";
import type { Family } from "../model/family.js";
import type { Options, Part, Rule } from "../model/rule.js";
import { putPlainNetwork } from "./address.js";
import { wide } from "./entry.js";
import { ENTRY } from "./entry-layout.js";
import type { Context, Extension, RuleFacts } from "./extension.js";
import type { Rewrite } from "./option-form.js";
import { extensionIn } from "./part.js";
import { HEADER, short } from "./part-header.js";

/**
 * A rule as bytes that is written again and again with other values in it: what a long rules file mostly is. Whoever
 * changes the bytes must leave them as encoding the whole rule would.
 */
export interface RuleSeries {
  /** The whole entry, as the kernel takes it but for the names of chains. */
  readonly bytes: Uint8Array;
  /** Where its matches begin, and last its target. */
  readonly parts: readonly number[];
  /** Writes the rule as its bytes are now. */
  append(): void;
}
/** Which bytes of a series may change: nothing else may. */
export interface Changing {
  readonly networks: boolean;
  readonly counters: boolean;
  /** The places of matches and target in the rule, whose options may change. */
  readonly parts: ReadonlySet<number>;
}

/** The bytes that may change, as views. */
export function rangesOf(
  bytes: Uint8Array,
  parts: RuleSeries["parts"],
  changing: Changing,
  family: Family,
): Uint8Array[] {
  const E = ENTRY[family],
    ranges: Uint8Array[] = [];
  // Addresses and masks are neighbours in both families.
  if (changing.networks) ranges.push(bytes.subarray(E.source, E.destinationMask + E.address));
  if (changing.counters) ranges.push(bytes.subarray(E.counters, E.size));
  for (const place of changing.parts) {
    const at = parts[place]!;
    ranges.push(bytes.subarray(at + HEADER, at + short.get(bytes, at)));
  }
  return ranges;
}

/** Whether the rules may be of one series: networks, none negated, and the options of their parts are all that may differ. */
export function alike(a: Rule, b: Rule): boolean {
  return (
    typeof a.source === typeof b.source &&
    typeof a.source !== "object" &&
    typeof a.destination === typeof b.destination &&
    typeof a.destination !== "object" &&
    a.protocol === b.protocol &&
    a.inInterface === b.inInterface &&
    a.outInterface === b.outInterface &&
    a.fragment === b.fragment &&
    a.goto === b.goto &&
    a.counters === b.counters &&
    (a.jump === b.jump || sameName(a.jump, b.jump)) &&
    sameNames(a.matches ?? NONE, b.matches ?? NONE)
  );
}
const NONE: readonly Part[] = [];
const sameName = (a: Rule["jump"], b: Rule["jump"]): boolean =>
  typeof a === "object" && typeof b === "object" && a.name === b.name;
function sameNames(a: readonly Part[], b: readonly Part[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && a[i]!.name !== b[i]!.name) return false;
  return true;
}
/** The part at a place of a rule, counted from the first match to the target. */
export function partAt({ matches = NONE, jump }: Rule, place: number): Part | undefined {
  return place < matches.length ? matches[place] : typeof jump === "object" ? jump : undefined;
}
/**
 * Encodes a part in the place of another one of the same extension; false where they are none such, and nothing was done.
 * Throws "invalid-value" for what no rule may have.
 */
export function putPart(
  { bytes, parts }: RuleSeries,
  place: number,
  part: Part,
  before: Part,
  facts: RuleFacts,
  ctx: Context,
): boolean {
  const extension = extensionIn(part);
  if (!extension || extension !== extensionIn(before)) return false;
  extension.check(part.options, ctx, facts);
  extension.encode(bytes, parts[place]! + HEADER, part.options, ctx);
  return true;
}
/** Gives a series the networks of a rule that differs in nothing else; false where only encoding the rule can tell. */
export function putNetworks(series: RuleSeries, { source, destination }: Rule, family: Family): boolean {
  return putField(series, "source", source, family) && putField(series, "destination", destination, family);
}
const putField = (series: RuleSeries, field: NetworkField, text: unknown, family: Family): boolean =>
  text === undefined || (typeof text === "string" && putNetwork(series, field, family, text, 0, text.length));

export type NetworkField = "source" | "destination";
/** Writes the network `text[from, to)`; false, with the bytes in any state, unless it is a plain one. */
export function putNetwork(
  { bytes }: RuleSeries,
  field: NetworkField,
  family: Family,
  text: string,
  from: number,
  to: number,
): boolean {
  const E = ENTRY[family],
    mask = field === "source" ? E.sourceMask : E.destinationMask;
  return putPlainNetwork(bytes, E[field], mask, E.address, text, from, to);
}
/** Writes what the rule's counters start from. */
export function putCounters({ bytes }: RuleSeries, family: Family, counters: Counters): void {
  const at = ENTRY[family].counters;
  wide.set(bytes, at, counters.packets);
  wide.set(bytes, at + 8, counters.bytes);
}

/** Gives the part at a place another value; false where only a parser can tell. */
export const rewritePart = (
  { bytes, parts }: RuleSeries,
  place: number,
  rewrite: Rewrite,
  text: string,
  from: number,
  to: number,
): boolean => rewrite(bytes, parts[place]! + HEADER, text, from, to);

/** A part of a series: some options are given anew, the others stay. */
export class ChangingPart {
  readonly #extension: Extension;
  readonly #options: Record<string, unknown>;
  readonly #facts: RuleFacts;
  readonly #ctx: Context;
  #changed = false;

  /** `options` as they were typed; from here on they are this part's own. */
  constructor(extension: Extension, options: Record<string, unknown>, facts: RuleFacts, ctx: Context) {
    this.#extension = extension;
    this.#options = options;
    this.#facts = facts;
    this.#ctx = ctx;
  }
  set(key: string, value: unknown): void {
    this.#options[key] = value;
    this.#changed = true;
  }
  /**
   * Writes the part that begins at `at`, if an option was set since it was written last: checked and encoded like a part
   * that was parsed. Throws "invalid-value".
   */
  write(bytes: Uint8Array, at: number): void {
    if (!this.#changed) return;
    const extension = this.#extension,
      ctx = this.#ctx;
    extension.check(this.#options, ctx, this.#facts);
    const settled: Options = extension.settle(this.#options);
    extension.check(settled, ctx, this.#facts);
    extension.encode(bytes, at + HEADER, settled, ctx);
    this.#changed = false;
  }
}
