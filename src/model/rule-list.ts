import { type Counters, ZERO_COUNTERS } from "./counters.js";
import { isNot, isVerdict, type Part, type Rule } from "./rule.js";

/** Where rules that were read, not written, come from. They are decoded when someone looks at them. */
export interface RuleSource {
  rule(index: number): Rule;
  /** The chain that rule `index` jumps or goes to, found without decoding it. */
  target(index: number): string | undefined;
  /** Tells for one rule which of the source's rules are the same, counters aside. */
  finder(rule: Rule): (index: number) => boolean;
  /** Whether it is rule `there` of another reading of the same table, counters aside; undefined if it cannot tell. */
  same?(index: number, other: RuleSource, there: number): boolean | undefined;
}

/** A rule of the source whose counters were changed. */
export class Recounted {
  readonly index: number;
  readonly counters: Counters;
  constructor(index: number, counters: Counters) {
    this.index = index;
    this.counters = counters;
  }
}
/** What a place in a chain holds: a rule of the source, one with other counters, or a rule of its own. */
export type Slot = number | Recounted | Rule;
export const sourceIndex = (slot: Slot): number | undefined =>
  typeof slot === "number" ? slot : slot instanceof Recounted ? slot.index : undefined;

/** Somebody looked at rules that were not listed: they must be, and the edit made once more. */
export class RulesNotListed extends Error {}
/** Rules that are there and were not listed; whether somebody has looked at them since. */
export interface Unlisted {
  looked: boolean;
}

/**
 * The slots of one chain. Immutable; those at the beginning that are a run of the source's rules, as they are where nobody has
 * edited, cost two numbers.
 */
export class Slots {
  readonly #length: number;
  readonly #first: number;
  /** So many slots at the beginning are the source's rules from `#first` on. */
  readonly #run: number;
  readonly #items: Slot[];
  /** What stands before all of these, where nobody knows how many they are. */
  readonly #unlisted: Unlisted | undefined;
  private constructor(first: number, run: number, items: Slot[], unlisted?: Unlisted) {
    this.#length = run + items.length;
    this.#first = first;
    this.#run = run;
    this.#items = items;
    this.#unlisted = unlisted;
  }
  static readonly none = new Slots(0, 0, []);
  static run(first: number, length: number): Slots {
    return new Slots(first, length, []);
  }
  /** Rules can be put behind these; whoever looks at one, or asks how many they are, throws `RulesNotListed`. */
  static unlisted(unlisted: Unlisted): Slots {
    return new Slots(0, 0, [], unlisted);
  }
  get length(): number {
    this.#look();
    return this.#length;
  }
  at(i: number): Slot {
    this.#look();
    return i < this.#run ? this.#first + i : this.#items[i - this.#run]!;
  }
  /** How many slots at the beginning are known to be the same without a look at them. */
  sharedWith(other: Slots): number {
    return this.#first === other.#first ? Math.min(this.#run, other.#run) : 0;
  }
  /** What was put behind rules that were not listed, where the other has nothing but these. */
  behind(other: Slots): Slots | undefined {
    const isSame = this.#unlisted !== undefined && this.#unlisted === other.#unlisted;
    return isSame && other.#length === 0 ? new Slots(0, 0, this.#items.slice(0, this.#length)) : undefined;
  }
  #look(): void {
    if (!this.#unlisted) return;
    this.#unlisted.looked = true;
    throw new RulesNotListed("the rules were not listed");
  }
  #copy(from: number, to: number): Slot[] {
    const run = Math.max(Math.min(to, this.#run) - from, 0),
      items = this.#items.slice(Math.max(from - this.#run, 0), Math.max(to - this.#run, 0));
    return run > 0 ? [...Array.from({ length: run }, (_, i) => this.#first + from + i), ...items] : items;
  }
  append(slots: readonly Slot[]): Slots {
    // The array is shared with the shorter list as long as nobody else has written behind its end.
    const count = this.#length - this.#run,
      items = this.#items.length === count ? this.#items : this.#items.slice(0, count);
    for (const slot of slots) items.push(slot);
    return new Slots(this.#first, this.#run, items, this.#unlisted);
  }
  /** `remove` slots at `at` make way for `put`. */
  splice(at: number, remove: number, put: readonly Slot[]): Slots {
    this.#look();
    const run = Math.min(at, this.#run),
      items = [...this.#copy(run, at), ...put];
    for (let i = at + remove; i < this.length; i++) items.push(this.at(i));
    return new Slots(this.#first, run, items);
  }
  /** From `from` to before `to`. */
  slice(from: number, to: number): Slots {
    this.#look();
    const run = Math.min(to, this.#run) - from;
    return run > 0
      ? new Slots(this.#first + from, run, this.#copy(from + run, to))
      : new Slots(0, 0, this.#copy(from, to));
  }
  map(change: (slot: Slot) => Slot): Slots {
    return new Slots(0, 0, this.#copy(0, this.length).map(change));
  }
}

export type Renames = ReadonlyMap<string, string>;

/** The rules of a chain, in order; numbered from 0 here, from 1 in every method that takes a rule number. */
export class RuleList implements Iterable<Rule> {
  readonly #slots: Slots;
  readonly #source: RuleSource | undefined;
  readonly #renames: Renames;
  constructor(slots: Slots, source: RuleSource | undefined, renames: Renames) {
    this.#slots = slots;
    this.#source = source;
    this.#renames = renames;
  }
  get length(): number {
    return this.#slots.length;
  }
  /** The rule at `i`, decoded now if it has not been. */
  at(i: number): Rule | undefined {
    return i >= 0 && i < this.#slots.length ? this.#resolve(this.#slots.at(i)) : undefined;
  }
  *[Symbol.iterator](): Iterator<Rule> {
    for (let i = 0; i < this.#slots.length; i++) yield this.#resolve(this.#slots.at(i));
  }
  toJSON(): Rule[] {
    return [...this];
  }
  #resolve(slot: Slot): Rule {
    const index = sourceIndex(slot);
    if (index === undefined) return slot as Rule;
    const rule = this.#source!.rule(index);
    const counters = slot instanceof Recounted ? slot.counters : rule.counters;
    const to = this.#renames.size > 0 && this.#renames.get(targetChain(rule) ?? "");
    if (!to && counters === rule.counters) return rule;
    return Object.freeze({ ...(to ? retarget(rule, to) : rule), counters: counters ?? ZERO_COUNTERS });
  }
}

/** The name that a rule jumps or goes to, verdicts included. */
export const targetChain = (rule: Rule): string | undefined =>
  rule.goto ?? (typeof rule.jump === "string" ? rule.jump : undefined);
/** The chain that a rule jumps or goes to; undefined where it leads to none. */
export function chainBehind(rule: Rule): string | undefined {
  const name = targetChain(rule);
  return name === undefined || isVerdict(name) ? undefined : name;
}
export const retarget = (rule: Rule, chain: string): Rule =>
  rule.goto === undefined ? { ...rule, jump: chain } : { ...rule, goto: chain };

const freezeValue = <V>(value: V): V =>
  isNot(value) && !Object.isFrozen(value) ? Object.freeze({ ...value }) : value;
const freezePart = (part: Part): Part => (isFrozenPart(part) ? part : deepFreeze(structuredClone(part)));
function deepFreeze<V>(value: V): V {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** Options that somebody froze himself are taken at his word. */
const isFrozenPart = (part: Part): boolean => Object.isFrozen(part) && Object.isFrozen(part.options);
function areFrozenParts(parts: readonly Part[]): boolean {
  for (let i = 0; i < parts.length; i++) if (!isFrozenPart(parts[i]!)) return false;
  return Object.isFrozen(parts);
}
/** Whether nothing in the rule can change any more. Only fields that are there are looked at: asking for others is slow. */
function isFrozenRule(rule: Rule): boolean {
  if (!Object.isFrozen(rule)) return false;
  for (const key in rule) {
    const value = rule[key as keyof Rule];
    if (typeof value !== "object") continue;
    const frozen =
      key === "matches"
        ? areFrozenParts(value as readonly Part[])
        : key === "jump"
          ? isFrozenPart(value as Part)
          : Object.isFrozen(value);
    if (!frozen) return false;
  }
  return true;
}

/** The rule itself where it is frozen already, else a frozen copy: the caller's object stays the caller's. */
export function freezeRule(rule: Rule): Rule {
  if (isFrozenRule(rule)) return rule;
  const copy: { -readonly [K in keyof Rule]: Rule[K] } = { ...rule };
  if (copy.source !== undefined) copy.source = freezeValue(copy.source);
  if (copy.destination !== undefined) copy.destination = freezeValue(copy.destination);
  if (copy.inInterface !== undefined) copy.inInterface = freezeValue(copy.inInterface);
  if (copy.outInterface !== undefined) copy.outInterface = freezeValue(copy.outInterface);
  if (copy.protocol !== undefined) copy.protocol = freezeValue(copy.protocol);
  if (copy.fragment !== undefined) copy.fragment = freezeValue(copy.fragment);
  if (copy.matches) copy.matches = Object.freeze(copy.matches.map(freezePart));
  if (typeof copy.jump === "object") copy.jump = freezePart(copy.jump);
  if (copy.counters)
    copy.counters = Object.isFrozen(copy.counters) ? copy.counters : Object.freeze({ ...copy.counters });
  return Object.freeze(copy);
}
