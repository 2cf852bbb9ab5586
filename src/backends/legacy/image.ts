import { LITTLE, textAt } from "../../codec/struct.js";
import { fail, isRampartError, RampartError, type Spot } from "../../errors.js";
import { decodeEntry } from "../../extensions/entry-decode.js";
import { ENTRY } from "../../extensions/entry-layout.js";
import type { Context } from "../../extensions/extension.js";
import type { Chain } from "../../model/chain.js";
import { type Counters, toCount } from "../../model/counters.js";
import type { SameRule } from "../../model/draft.js";
import type { Family, Policy, TableName } from "../../model/family.js";
import type { Rule } from "../../model/rule.js";
import { type RuleSource, Slots, sourceIndex } from "../../model/rule-list.js";
import { Table } from "../../model/table.js";
import { FAMILY_NUMBER } from "../../native.js";
import { SetsNeeded } from "../set-numbers.js";
import { ruleFinder } from "./finder.js";

/** The layout is native/README.md's. */
const VERSION = 2;
const DIGEST = 40,
  CHAIN_COUNT = 56,
  RULE_COUNT = 60,
  EXTENSION_COUNT = 64,
  ENTRIES_END = 68,
  HEADER = 72;
const CHAIN_SIZE = 72,
  EXTENSION_SIZE = 32,
  INDEX_SIZE = 8;
const NO_TARGET = -2;
const POLICIES: ReadonlyMap<number, Policy> = new Map([
  [-2, "ACCEPT"],
  [-1, "DROP"],
]);

/**
 * One table as libiptc gave it: chains at once, rules when someone looks. Bytes that are no such image throw
 * "invalid-value", now or then.
 */
export class Image implements RuleSource {
  readonly digest: Uint8Array;
  readonly chains: readonly Chain[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #extensions: number;
  readonly #index: number;
  readonly #context: Context;

  constructor(buffer: ArrayBuffer, context: Context) {
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#context = context;
    if (
      buffer.byteLength < HEADER ||
      this.#u32(0) !== VERSION ||
      this.#u32(4) !== FAMILY_NUMBER[context.family]
    )
      fail(`bytes that are no image of an ${context.family} table`);
    this.digest = this.#bytes.slice(DIGEST, DIGEST + 16);
    const chainCount = this.#u32(CHAIN_COUNT),
      chains = this.#u32(ENTRIES_END);
    this.#extensions = chains + chainCount * CHAIN_SIZE;
    this.#index = this.#extensions + this.#u32(EXTENSION_COUNT) * EXTENSION_SIZE;
    if (this.#index + this.#u32(RULE_COUNT) * INDEX_SIZE > buffer.byteLength)
      fail("an image of a table that is cut off");
    this.chains = Array.from({ length: chainCount }, (_, i) => this.#chain(chains + i * CHAIN_SIZE));
  }
  /** Whether any rule uses the extension, whatever its revision. */
  uses(name: string): boolean {
    for (let at = this.#extensions; at < this.#index; at += EXTENSION_SIZE)
      if (this.#name(at, 30) === name) return true;
    return false;
  }

  /** Throws `invalid-rule`, with the rule's place, for bytes that no rule of Rampart stands for. */
  rule(index: number): Rule {
    try {
      const name = this.#jump(index) === NO_TARGET ? null : this.target(index);
      return Object.freeze(decodeEntry(this.#bytes, this.#start(index), name, this.#context));
    } catch (error) {
      if (!isRampartError(error, "invalid-value")) throw error;
      const { problem } = error.context;
      throw new RampartError("invalid-rule", { problem, ...this.#spot(index) }, { cause: error });
    }
  }
  target(index: number): string | undefined {
    const jump = this.#jump(index);
    if (jump < 0) return undefined;
    return this.chains[jump]?.name ?? fail("a jump to a chain that is not there");
  }
  finder(rule: Rule): (index: number) => boolean {
    try {
      const same = ruleFinder(rule, this.#context, this.#bytes),
        target = same.chain;
      return (index) => this.target(index) === target && same.at(this.#start(index));
    } catch (error) {
      // The numbers of sets are read for tables that use sets; in another there is no such rule.
      if (error instanceof SetsNeeded) return () => false;
      throw error;
    }
  }

  same(index: number, other: RuleSource, there: number): boolean | undefined {
    if (!(other instanceof Image) || this.target(index) !== other.target(there))
      return other instanceof Image && false;
    const { next, counters } = ENTRY[this.#context.family],
      at = this.#start(index),
      its = other.#start(there),
      size = this.#view.getUint16(at + next, LITTLE);
    if (size !== other.#view.getUint16(its + next, LITTLE)) return false;
    for (let i = 0; i < size; i++)
      if (this.#bytes[at + i] !== other.#bytes[its + i] && (i < counters || i >= counters + 16)) return false;
    return true;
  }

  #spot(index: number): Spot {
    const chain = this.chains.find(({ slots }) => {
      const first = slots.length > 0 ? sourceIndex(slots.at(0)) : undefined;
      return first !== undefined && index >= first && index < first + slots.length;
    });
    const { family } = this.#context;
    if (!chain) return { family };
    return { family, chain: chain.name, ruleNumber: index - sourceIndex(chain.slots.at(0))! + 1 };
  }
  #start(index: number): number {
    return this.#u32(this.#index + index * INDEX_SIZE);
  }
  #jump(index: number): number {
    return this.#view.getInt32(this.#index + index * INDEX_SIZE + 4, LITTLE);
  }
  #u32(at: number): number {
    return this.#view.getUint32(at, LITTLE);
  }
  #name(at: number, size: number): string {
    let end = at;
    while (end < at + size && this.#bytes[end] !== 0) end++;
    return textAt(this.#bytes, at, end);
  }
  #counters(at: number): Counters {
    const read = (from: number) => toCount(this.#view.getBigUint64(from, LITTLE));
    return Object.freeze({ packets: read(at), bytes: read(at + 8) });
  }
  #chain(at: number): Chain {
    const name = this.#name(at, 32);
    // Two such names would become one, and a file would hold a third.
    if (name.includes("\ufffd"))
      throw new RampartError("chain-name", { chain: name, problem: "its bytes are no UTF-8 text" });
    const policy = POLICIES.get(this.#view.getInt32(at + 36, LITTLE)),
      first = this.#u32(at + 60),
      length = this.#u32(at + 64);
    if (first + length > this.#u32(RULE_COUNT)) fail("a chain of rules that are not there");
    return Object.freeze({
      name,
      origin: name,
      builtIn: this.#u32(at + 32) === 1,
      ...(policy && { policy }),
      counters: this.#counters(at + 40),
      slots: Slots.run(first, length),
    });
  }
}

/** The table that an image shows, its origin the image's digest. */
export function tableOf(image: Image, family: Family, name: TableName, same: SameRule): Table {
  const chains = new Map(image.chains.map((chain) => [chain.name, chain]));
  return new Table(family, { name, chains, source: image, renames: new Map(), same }).withOrigin(
    image.digest,
  );
}
