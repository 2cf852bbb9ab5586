import type { RuleBytes } from "../../extensions/rule-bytes.js";
import type { Counters } from "../../model/counters.js";
import type { Family, Policy, TableName } from "../../model/family.js";
import { Attributes } from "../../netlink/attributes.js";
import { NESTED, NLM_F } from "../../netlink/wire.js";
import type { MessageWriter } from "../../netlink/writer.js";
import { type BaseChain, baseChains, FAMILY_NUMBER } from "./base-chains.js";
import { isProtocolInverted, protocolOfEntry, writeExpressions } from "./expressions.js";
import type { Value } from "./fields.js";
import type { NftImage } from "./image.js";
import { expressionNamed } from "./rule-index.js";
import { CHAIN, COMPAT, COUNTER, HOOK, MESSAGE, RULE, TABLE } from "./wire.js";

/** NF_DROP and NF_ACCEPT. */
const POLICY: Readonly<Record<Policy, number>> = { DROP: 0, ACCEPT: 1 };

/** Writes the messages that change one table, numbered one after the other. */
export class TableWriter {
  readonly family: Family;
  readonly table: TableName;
  readonly #w: MessageWriter;
  #sequence: number;
  constructor(family: Family, table: TableName, writer: MessageWriter, firstSequence: number) {
    this.family = family;
    this.table = table;
    this.#w = writer;
    this.#sequence = firstSequence;
  }
  /** Of the next message. */
  get sequence(): number {
    return this.#sequence;
  }

  newTable(flags = 0): void {
    this.#begin(MESSAGE.newTable, NLM_F.create | flags);
    this.#w.text(TABLE.name, this.table);
    this.#w.end();
  }
  deleteTable(flags = 0): void {
    this.#begin(MESSAGE.deleteTable, flags);
    this.#w.text(TABLE.name, this.table);
    this.#w.end();
  }
  /** The table and its built-in chains, as far as they are not there. All of them: only so they count for all policies. */
  newBaseChains(isThere: (chain: string) => boolean): void {
    this.newTable();
    for (const chain of baseChains(this.table))
      if (!isThere(chain.name)) this.#baseChain(chain, "ACCEPT", ZERO);
  }
  newChain(chain: string): void {
    this.#beginChain(MESSAGE.newChain, NLM_F.create | NLM_F.exclusive, chain);
    this.#w.end();
  }
  /** A chain that is there by then, whether it was before or not. */
  ensureChain(chain: string): void {
    this.#beginChain(MESSAGE.newChain, NLM_F.create, chain);
    this.#w.end();
  }
  deleteChain(chain: string): void {
    this.#beginChain(MESSAGE.deleteChain, 0, chain);
    this.#w.end();
  }
  renameChain(handle: number, to: string): void {
    this.#beginChain(MESSAGE.newChain, 0, to);
    this.#w.be64(CHAIN.handle, handle);
    this.#w.end();
  }
  /** Without counters they go on counting. */
  policy(chain: string, policy: Policy, counters: Counters | undefined): void {
    const base = baseChains(this.table).find(({ name }) => name === chain);
    if (base) this.#baseChain(base, policy, counters);
  }
  flush(chain: string): void {
    this.#beginRule(MESSAGE.deleteRule, 0, chain);
    this.#w.end();
  }
  deleteRule(chain: string, handle: number): void {
    this.#beginRule(MESSAGE.deleteRule, 0, chain);
    this.#w.be64(RULE.handle, handle);
    this.#w.end();
  }
  /** At the end of the chain, or before the rule of that handle. `to` is what the kernel calls the chain it leads to. */
  rule(chain: string, { bytes }: Pick<RuleBytes, "bytes">, to: string | undefined, before?: number): void {
    this.#beginRule(MESSAGE.newRule, NLM_F.create | (before === undefined ? NLM_F.append : 0), chain);
    if (before !== undefined) this.#w.be64(RULE.position, before);
    const nest = this.#w.open(RULE.expressions);
    writeExpressions(this.#w, bytes, this.family, to);
    this.#w.close(nest);
    this.#compat(bytes);
    this.#w.end();
  }
  /** Such a message once more. */
  again(message: Uint8Array): void {
    this.#w.again(message, this.#sequence++);
  }
  /** The same rule in its place, as it stands in the image, with other counters. `bytes` is its entry. */
  recount(chain: string, image: NftImage, index: number, bytes: Uint8Array, counters: Counters): void {
    const { from, to } = image.expressions(index),
      expressions = image.bytes.slice(from, to),
      counter = expressionNamed(expressions, 0, expressions.length, "counter"),
      userdata = image.userdata(index);
    // A rule that nft wrote may not count at all.
    if (!counter) return;
    putCounters(expressions, counter, counters);
    this.#beginRule(MESSAGE.newRule, NLM_F.replace, chain);
    this.#w.be64(RULE.handle, image.handle(index));
    this.#w.data(RULE.expressions, expressions);
    this.#compat(bytes);
    if (userdata) this.#w.slice(RULE.userdata, image.bytes, userdata.at, userdata.at + userdata.length);
    this.#w.end();
  }

  /** At the end of the chain, a rule as it stands in the image, with what it had counted. `bytes`: its entry, if it has one. */
  verbatim(chain: string, image: NftImage, index: number, bytes: Uint8Array | undefined): void {
    const { from, to } = image.expressions(index),
      userdata = image.userdata(index);
    this.#beginRule(MESSAGE.newRule, NLM_F.create | NLM_F.append, chain);
    this.#w.slice(RULE.expressions | NESTED, image.bytes, from, to);
    if (bytes) this.#compat(bytes);
    if (userdata) this.#w.slice(RULE.userdata, image.bytes, userdata.at, userdata.at + userdata.length);
    this.#w.end();
  }

  /** What xt extensions ask of the protocol, where there is one; the kernel forgets it, so it is said every time. */
  #compat(bytes: Uint8Array): void {
    const protocol = protocolOfEntry(bytes, this.family);
    if (protocol === 0) return;
    const nest = this.#w.open(RULE.compat);
    this.#w.be32(COMPAT.protocol, protocol);
    this.#w.be32(COMPAT.flags, isProtocolInverted(bytes, this.family) ? COMPAT.inverted : 0);
    this.#w.close(nest);
  }
  #baseChain(
    { name, hook, priority, type }: BaseChain,
    policy: Policy,
    counters: Counters | undefined,
  ): void {
    this.#beginChain(MESSAGE.newChain, NLM_F.create, name);
    const nest = this.#w.open(CHAIN.hook);
    this.#w.be32(HOOK.number, hook);
    this.#w.be32(HOOK.priority, priority);
    this.#w.close(nest);
    this.#w.be32(CHAIN.policy, POLICY[policy]);
    this.#w.text(CHAIN.type, type);
    if (counters) {
      const counted = this.#w.open(CHAIN.counters);
      this.#w.be64(COUNTER.bytes, BigInt(counters.bytes));
      this.#w.be64(COUNTER.packets, BigInt(counters.packets));
      this.#w.close(counted);
    }
    this.#w.end();
  }
  #begin(type: number, flags: number): void {
    this.#w.begin({ type, flags, sequence: this.#sequence++, family: FAMILY_NUMBER[this.family] });
  }
  #beginChain(type: number, flags: number, chain: string): void {
    this.#begin(type, flags);
    this.#w.text(CHAIN.table, this.table);
    this.#w.text(CHAIN.name, chain);
  }
  #beginRule(type: number, flags: number, chain: string): void {
    this.#begin(type, flags);
    this.#w.text(RULE.table, this.table);
    this.#w.text(RULE.chain, chain);
  }
}

const ZERO: Counters = { packets: 0, bytes: 0 };
/** The data of a counter expression: bytes and packets, each an attribute of its own. */
function putCounters(m: Uint8Array, { at, length }: Value, { packets, bytes }: Counters): void {
  const view = new DataView(m.buffer, m.byteOffset);
  for (const a = new Attributes(m, at, at + length); a.next(); )
    if (a.type === COUNTER.bytes) view.setBigUint64(a.at, BigInt(bytes));
    else if (a.type === COUNTER.packets) view.setBigUint64(a.at, BigInt(packets));
}
