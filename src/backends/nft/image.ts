import { isRampartError } from "../../errors.js";
import { sameEntry } from "../../extensions/entry-compare.js";
import { decodeEntry } from "../../extensions/entry-decode.js";
import type { Context } from "../../extensions/extension.js";
import { ruleBytes } from "../../extensions/rule-bytes.js";
import type { Chain } from "../../model/chain.js";
import { ZERO_COUNTERS } from "../../model/counters.js";
import type { SameRule } from "../../model/draft.js";
import { BUILT_IN_CHAINS, type TableName } from "../../model/family.js";
import { isOpaque, type OpaquePart, type Rule } from "../../model/rule.js";
import { type RuleSource, Slots, type Unlisted } from "../../model/rule-list.js";
import { Slices } from "../../model/slices.js";
import { Table } from "../../model/table.js";
import { Attributes } from "../../netlink/attributes.js";
import { SetsNeeded } from "../set-numbers.js";
import { countersIn, type KernelChain } from "./chains.js";
import { ExpressionReader } from "./decode.js";
import { NotIptables, type Value } from "./fields.js";
import { chainIn, expressionNamed, NOT_LISTED, type RuleIndex } from "./rule-index.js";

/** What a rule of another program is called among matches: its bytes are nf_tables expressions. */
const FOREIGN = "nf_tables";
export const isForeign = (rule: Rule): boolean =>
  rule.matches?.some((part) => isOpaque(part) && part.name === FOREIGN) ?? false;

/** One table as the kernel listed it: chains at once, rules when someone looks. */
export class NftImage implements RuleSource {
  readonly name: TableName;
  /** Of the rule set, and whose: two namespaces may be at the same number. */
  readonly generation: number;
  readonly namespace: unknown;
  readonly chains: ReadonlyMap<string, KernelChain>;
  readonly #index: RuleIndex;
  readonly #reader: ExpressionReader;
  readonly context: Context;
  constructor(
    name: TableName,
    { generation, namespace }: Pick<NftImage, "generation" | "namespace">,
    chains: ReadonlyMap<string, KernelChain>,
    index: RuleIndex,
    context: Context,
  ) {
    this.name = name;
    this.generation = generation;
    this.namespace = namespace;
    this.chains = chains;
    this.#index = index;
    this.context = context;
    this.#reader = new ExpressionReader(context);
  }

  /** A rule that iptables could not have written is one opaque match. */
  rule(index: number): Rule {
    return Object.freeze(this.#iptables(index) ?? this.#foreign(index));
  }
  /** The rule's entry, until the next rule is looked at; undefined for one that iptables could not have written. */
  entry(index: number): Uint8Array | undefined {
    return this.#read(index) === FOREIGN_RULE ? undefined : this.#reader.entry.bytes;
  }
  target(index: number): string | undefined {
    const { bytes } = this.#index,
      { from, to } = this.expressions(index),
      data = expressionNamed(bytes, from, to, "immediate");
    return data && chainIn(new Attributes(bytes, data.at, data.at + data.length));
  }
  finder(rule: Rule): (index: number) => boolean {
    try {
      const { chain, bytes } = ruleBytes(rule, this.context);
      return (index) => {
        const jump = this.#read(index);
        if (jump === FOREIGN_RULE || (jump ?? undefined) !== chain) return false;
        return sameEntry(this.#reader.entry.bytes, 0, bytes, this.context.family);
      };
    } catch (error) {
      // The numbers of sets are read for tables that use sets; in another there is no such rule.
      if (error instanceof SetsNeeded) return () => false;
      throw error;
    }
  }

  /** Whether its rules were listed; if not, chains can be added to, and rules that are all iptables' own be replaced. */
  get isListed(): boolean {
    return this.#index !== NOT_LISTED;
  }
  get rules(): number {
    return this.#index.handles.length;
  }
  run(chain: string): { readonly first: number; readonly length: number } {
    return this.#index.runs.get(chain) ?? { first: 0, length: 0 };
  }
  handle(index: number): number {
    return this.#index.handles[index]!;
  }
  /** Where in `bytes` the rule's expressions are. */
  expressions(index: number): { readonly from: number; readonly to: number } {
    const { expressions } = this.#index;
    return { from: expressions[index * 2]!, to: expressions[index * 2 + 1]! };
  }
  userdata(index: number): Value | undefined {
    const at = this.#index.userdata[index * 2]!,
      length = this.#index.userdata[index * 2 + 1]! - at;
    return length > 0 ? { at, length } : undefined;
  }
  get bytes(): Uint8Array {
    return this.#index.bytes;
  }

  /** Whether both show the same table, whatever it has counted meanwhile. */
  async sameAs(other: NftImage): Promise<boolean> {
    const slices = new Slices("write");
    if (this.chains.size !== other.chains.size || this.rules !== other.rules) return false;
    for (const [name, chain] of this.chains) {
      const twin = other.chains.get(name),
        run = this.run(name),
        there = other.run(name);
      if (!twin || twin.handle !== chain.handle || twin.policy !== chain.policy) return false;
      if (run.length !== there.length) return false;
      for (let i = 0; i < run.length; i++) {
        if (!this.#sameRule(run.first + i, other, there.first + i)) return false;
        if (slices.due()) await slices.pause();
      }
    }
    return true;
  }
  same(index: number, other: RuleSource, there: number): boolean | undefined {
    return other instanceof NftImage ? this.#sameRule(index, other, there) : undefined;
  }
  #sameRule(index: number, other: NftImage, there: number): boolean {
    if (this.handle(index) !== other.handle(there)) return false;
    const a = this.bytes,
      b = other.bytes,
      mine = this.expressions(index),
      theirs = other.expressions(there),
      length = mine.to - mine.from;
    if (length !== theirs.to - theirs.from) return false;
    const counter = expressionNamed(a, mine.from, mine.to, "counter"),
      from = counter ? counter.at - mine.from : length,
      to = counter ? from + counter.length : length;
    for (let i = 0; i < length; i++)
      if ((i < from || i >= to) && a[mine.from + i] !== b[theirs.from + i])
        // What a rule of another program remembers may change by itself; it is never written.
        return isForeign(this.rule(index)) && isForeign(other.rule(there));
    return true;
  }

  /** What `decodeEntry` wants to know of the jump. */
  #read(index: number): string | null | undefined | typeof FOREIGN_RULE {
    const { from, to } = this.expressions(index);
    try {
      const jump = this.#reader.read(this.bytes, from, to, this.userdata(index));
      return typeof jump === "string" && !this.chains.has(jump) ? FOREIGN_RULE : jump;
    } catch (error) {
      if (error instanceof NotIptables) return FOREIGN_RULE;
      throw error;
    }
  }
  #iptables(index: number): Rule | undefined {
    const jump = this.#read(index);
    if (jump === FOREIGN_RULE) return undefined;
    try {
      return decodeEntry(this.#reader.entry.bytes, 0, jump, this.context);
    } catch (error) {
      if (isRampartError(error, "invalid-value")) return undefined;
      throw error;
    }
  }
  #foreign(index: number): Rule {
    const { from, to } = this.expressions(index),
      counter = expressionNamed(this.bytes, from, to, "counter"),
      data = Buffer.from(this.bytes.subarray(from, to)).toString("hex");
    const part = Object.freeze({
      name: FOREIGN,
      options: Object.freeze({}),
      opaque: Object.freeze({ revision: 0, data }),
    }) as OpaquePart;
    return {
      matches: Object.freeze([part]),
      counters: counter
        ? countersIn(new Attributes(this.bytes, counter.at, counter.at + counter.length))
        : ZERO_COUNTERS,
    };
  }
}
const FOREIGN_RULE = Symbol("a rule of another program");

/**
 * The table that an image shows; a built-in chain that nobody has made yet is there all the same, as in iptables. Looks at
 * rules that the image does not list are noted in `unlisted`.
 */
export function tableOf(image: NftImage, same: SameRule, unlisted: Unlisted = { looked: false }): Table {
  const chains = new Map<string, Chain>();
  for (const name of BUILT_IN_CHAINS[image.name])
    if (!image.chains.has(name))
      chains.set(name, {
        name,
        origin: name,
        builtIn: true,
        policy: "ACCEPT",
        counters: ZERO_COUNTERS,
        slots: Slots.none,
      });
  for (const { name, builtIn, policy, counters } of image.chains.values()) {
    const { first, length } = image.run(name),
      listed = length > 0 ? Slots.run(first, length) : Slots.none,
      slots = image.isListed ? listed : Slots.unlisted(unlisted);
    chains.set(
      name,
      Object.freeze({ name, origin: name, builtIn, counters, slots, ...(policy && { policy }) }),
    );
  }
  const contents = { name: image.name, chains, source: image, renames: new Map(), same };
  return new Table(image.context.family, contents).withOrigin(image);
}
