import { RampartError, type Spot } from "../../errors.js";
import type { Context } from "../../extensions/extension.js";
import { ruleBytes } from "../../extensions/rule-bytes.js";
import { wholeEntry } from "../../extensions/whole-entry.js";
import { ZERO_COUNTERS } from "../../model/counters.js";
import { type Change, changes } from "../../model/diff.js";
import { chainBehind } from "../../model/rule-list.js";
import { Slices } from "../../model/slices.js";
import type { Table } from "../../model/table.js";
import type { MessageWriter } from "../../netlink/writer.js";
import { SeriesOfRules } from "../rule-series.js";
import { checkJump, located, type Run, type Trace, traceOf } from "../spots.js";
import { isForeign, NftImage } from "./image.js";
import { beginSeries } from "./series.js";
import { TableWriter } from "./table-writer.js";

export interface EncodeOptions {
  readonly context: Context;
  readonly writer: MessageWriter;
  readonly firstSequence: number;
  readonly signal?: AbortSignal | undefined;
}
export interface EncodedTable {
  /** By sequence number. */
  readonly trace: Trace;
  /** Of whatever is written next. */
  readonly nextSequence: number;
}

/**
 * Writes the messages that make the kernel's table, as `image` has it, into this one, and refuses what no kernel could
 * hold, and what would lose rules that iptables has no words for. Rules of `table.origin` that stay are not touched.
 */
export async function encodeTable(
  table: Table,
  image: NftImage,
  { context, writer, firstSequence, signal }: EncodeOptions,
): Promise<EncodedTable> {
  const slices = new Slices(`write of table ${table.name}`, signal),
    steps = new Steps(
      table,
      image,
      context,
      new TableWriter(table.family, table.name, writer, firstSequence),
    ),
    base = table.origin?.token instanceof NftImage ? table.origin.base : undefined,
    runs: Run[] = [];
  for (const change of changes(base, table)) {
    if (runs.length === 0) steps.begin();
    runs.push({ first: steps.sequence, change });
    // Its steps are so short that a look at the clock behind each, as `through` has it, would cost more than they do.
    for (const _ of steps.step(change)) if (slices.due()) await slices.pause();
  }
  return {
    trace: traceOf(runs, { family: table.family, table: table.name }),
    nextSequence: steps.sequence,
  };
}

/** How far the changes of a chain have come: rules before `position` are as they shall be. */
interface Cursor {
  position: number;
  /** The rule of the image that stands there now. */
  next: number;
}

class Steps {
  readonly #table: Table;
  readonly #image: NftImage;
  readonly #context: Context;
  readonly #out: TableWriter;
  readonly #cursors = new Map<string, Cursor>();
  /** Until the commit the kernel knows a renamed chain by its old name. */
  readonly #oldNames = new Map<string, string>();
  constructor(table: Table, image: NftImage, context: Context, out: TableWriter) {
    this.#table = table;
    this.#image = image;
    this.#context = context;
    this.#out = out;
  }
  get sequence(): number {
    return this.#out.sequence;
  }
  begin(): void {
    this.#out.newBaseChains((chain) => this.#image.chains.has(chain));
  }

  /** Yields after each rule, so that long changes can be cut into slices. */
  *step(change: Change): Generator<void> {
    const out = this.#out;
    if (change.op === "insert") yield* this.#insert(change);
    else if (change.op === "remove") yield* this.#remove(change.chain, change.position, change.count);
    else if (change.op === "counters") this.#recount(change);
    else if (change.op === "reset") yield* this.#reset();
    else if (change.op === "flush") yield* this.#flush(change.chain);
    else if (change.op === "create") {
      if (!this.#image.chains.has(change.chain)) out.newChain(change.chain);
    } else if (change.op === "delete") out.deleteChain(change.chain);
    else if (change.op === "policy") out.policy(change.chain, change.policy, change.counters);
    else {
      out.renameChain(this.#image.chains.get(change.chain)!.handle, change.to);
      this.#oldNames.set(change.to, change.chain);
    }
  }

  /** Chains that stay keep their handles; whatever is none of iptables' stays as it is. */
  *#reset(): Generator<void> {
    const { chains } = this.#image;
    for (const chain of chains.keys()) yield* this.#flush(chain);
    for (const [name, { builtIn }] of chains)
      if (!builtIn && !this.#table.has(name)) this.#out.deleteChain(name);
  }
  *#flush(chain: string): Generator<void> {
    const { first, length } = this.#image.run(chain);
    for (let i = 0; i < length; i++) {
      this.#refuseForeign(chain, first + i);
      yield;
    }
    if (length > 0 || !this.#image.isListed) this.#out.flush(chain);
  }
  *#insert({ chain, rules, from, to, position }: Extract<Change, { op: "insert" }>): Generator<void> {
    const name = this.#kernelName(chain),
      { family } = this.#table;
    let before: number | undefined;
    if (position !== undefined) {
      const cursor = this.#cursorAt(chain, position);
      before = this.#image.handle(cursor.next);
      cursor.position += to - from;
    }
    // Only rules that come to the end of their chain are alike to the kernel.
    const alike = before === undefined ? this.#alike(name) : undefined;
    for (let i = from; i < to; i++) {
      const rule = rules.at(i)!,
        spot = (): Spot => ({ family, table: this.#table.name, chain, ruleNumber: i + 1 });
      if (isForeign(rule))
        throw foreign("a rule of another program cannot be written by iptables' means", spot());
      try {
        checkJump(this.#table, rule);
        if (!alike?.append(chain, rule)) {
          const bytes = ruleBytes(rule, this.#context);
          this.#out.rule(name, bytes, bytes.chain && this.#kernelName(bytes.chain), before);
        }
      } catch (error) {
        throw located(error, spot());
      }
      yield;
    }
  }
  /** For rules that are appended to the chain of that name in the kernel. */
  #alike(chain: string): SeriesOfRules {
    return new SeriesOfRules(this.#context, (_, rule, changing) => {
      const entry = wholeEntry(rule, this.#context),
        to = chainBehind(rule);
      return beginSeries(this.#out, { chain, to: to && this.#kernelName(to) }, entry, changing);
    });
  }
  *#remove(chain: string, position: number, count: number): Generator<void> {
    const cursor = this.#cursorAt(chain, position),
      name = this.#kernelName(chain);
    for (let i = 0; i < count; i++) {
      this.#refuseForeign(name, cursor.next);
      this.#out.deleteRule(name, this.#image.handle(cursor.next++));
      yield;
    }
  }
  #recount({ chain, position, counters = ZERO_COUNTERS }: Extract<Change, { op: "counters" }>): void {
    const { next } = this.#cursorAt(chain, position),
      name = this.#kernelName(chain);
    this.#refuseForeign(name, next);
    const entry = this.#image.entry(next);
    if (entry) this.#out.recount(name, this.#image, next, entry, counters);
  }

  #cursorAt(chain: string, position: number): Cursor {
    let cursor = this.#cursors.get(chain);
    if (!cursor) {
      cursor = { position: 0, next: this.#image.run(this.#kernelName(chain)).first };
      this.#cursors.set(chain, cursor);
    }
    cursor.next += position - cursor.position;
    cursor.position = position;
    return cursor;
  }
  #kernelName(chain: string): string {
    return this.#oldNames.get(chain) ?? chain;
  }
  #refuseForeign(chain: string, index: number): void {
    if (!isForeign(this.#image.rule(index))) return;
    const handle = this.#image.handle(index),
      { family, name } = this.#table,
      remedy = `nft delete rule ${family === "ipv4" ? "ip" : "ip6"} ${name} ${chain} handle ${handle}`,
      ruleNumber = index - this.#image.run(chain).first + 1;
    throw foreign(
      `a rule of another program would be lost, which iptables has no words for; if nobody needs it: ${remedy}`,
      { family, table: name, chain, ruleNumber },
      handle,
    );
  }
}

const foreign = (problem: string, spot: Spot, handle?: number): RampartError =>
  new RampartError("foreign", { problem, ...spot, ...(handle !== undefined && { handle }) });
