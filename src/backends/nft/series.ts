import { LITTLE } from "../../codec/struct.js";
import { ENTRY } from "../../extensions/entry-layout.js";
import { type Changing, type RuleSeries, rangesOf } from "../../extensions/series.js";
import type { WholeEntry } from "../../extensions/whole-entry.js";
import type { Family } from "../../model/family.js";
import { Attributes } from "../../netlink/attributes.js";
import { HEADER, NFGENMSG } from "../../netlink/wire.js";
import { type Copied, MessageWriter } from "../../netlink/writer.js";
import { expressionNamed } from "./rule-index.js";
import { TableWriter } from "./table-writer.js";
import { COUNTER, RULE } from "./wire.js";

/** As the kernel calls them: the chain that rules are appended to, and the one that they lead to. */
interface Chains {
  readonly chain: string;
  readonly to: string | undefined;
}

/**
 * Appends the rule and begins a series of rules like it: their messages are the first one but for bytes that stand in the
 * entry too. Which expressions there are depends on the networks: one that is whole has no mask, and one that is
 * everything has none at all. So there is a message for each of these shapes.
 */
export function beginSeries(
  out: TableWriter,
  chains: Chains,
  { bytes, parts }: WholeEntry,
  changing: Changing,
): RuleSeries {
  const { family } = out,
    ranges = rangesOf(bytes, parts, { ...changing, counters: false }, family),
    templates = new Map<number, Template>();
  const append = (): void => {
    const shape = changing.networks ? shapeOf(bytes, family) : 0;
    let template = templates.get(shape);
    if (!template) {
      template = new Template(out, chains, bytes, ranges, changing.counters);
      templates.set(shape, template);
    }
    if (template.isWhole) out.again(template.with(bytes));
    else out.rule(chains.chain, { bytes }, chains.to);
  };
  append();
  return { bytes, parts, append };
}

class Template {
  /** Whether all that may change is in the message byte for byte; some of it is said in other words. */
  readonly isWhole: boolean;
  readonly #message: Uint8Array;
  readonly #copies: readonly Copied[];
  /** Where the counters stand in the entry, and where in the message. */
  readonly #counts: readonly Copied[];

  constructor(
    { family, table }: TableWriter,
    { chain, to }: Chains,
    bytes: Uint8Array,
    ranges: readonly Uint8Array[],
    counted: boolean,
  ) {
    const writer = new MessageWriter(),
      copied = writer.follow(bytes);
    new TableWriter(family, table, writer, 0).rule(chain, { bytes }, to);
    this.#message = writer.take();
    this.#counts = counted ? countersIn(this.#message, ENTRY[family].counters) : [];
    this.#copies = copied.filter(({ from }) => ranges.some((range) => isIn(range, from)));
    // Networks may be absent, and are another shape then.
    const parts = ranges.filter(({ byteOffset }) => byteOffset >= ENTRY[family].size);
    this.isWhole = parts.every((range) => this.#copies.some(({ from }) => isIn(range, from)));
  }
  /** The message of a rule with these bytes, until the next one. */
  with(bytes: Uint8Array): Uint8Array {
    const message = this.#message,
      copies = this.#copies;
    for (let n = 0; n < copies.length; n++) {
      const { from, to, at } = copies[n]!;
      for (let i = from, j = at; i < to; i++, j++) message[j] = bytes[i]!;
    }
    for (const { from, to, at } of this.#counts)
      for (let i = from, j = at; i < to; i++, j++) message[j] = bytes[LITTLE ? from + to - 1 - i : i]!;
    return message;
  }
}

const isIn = ({ byteOffset, length }: Uint8Array, at: number): boolean =>
  at >= byteOffset && at < byteOffset + length;

/** nf_tables counts in network byte order, and bytes first. */
function countersIn(message: Uint8Array, counters: number): Copied[] {
  const copies: Copied[] = [];
  for (const a = new Attributes(message, HEADER + NFGENMSG, message.length); a.next(); ) {
    if (a.type !== RULE.expressions) continue;
    const counter = expressionNamed(message, a.at, a.end, "counter")!;
    for (const c = new Attributes(message, counter.at, counter.at + counter.length); c.next(); ) {
      const from = c.type === COUNTER.packets ? counters : counters + 8;
      copies.push({ from, to: from + 8, at: c.at });
    }
  }
  return copies;
}

/** Of both masks: nothing, part of an address, or all of it. */
function shapeOf(bytes: Uint8Array, family: Family): number {
  const { sourceMask, destinationMask, address } = ENTRY[family];
  return kindOf(bytes, sourceMask, address) * 3 + kindOf(bytes, destinationMask, address);
}
function kindOf(bytes: Uint8Array, at: number, size: number): number {
  let all = 0xff,
    any = 0;
  for (let i = at; i < at + size; i++) {
    all &= bytes[i]!;
    any |= bytes[i]!;
  }
  return any === 0 ? 0 : all === 0xff ? 2 : 1;
}
