import type { TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { type Action, actionOf, named } from "./action.js";
import { equal } from "./bounds.js";
import { type ChainIndex, chainIndex } from "./chain-index.js";
import { cut, type Decision, Relations, type Run, runFrom, sourcesOf } from "./cuts.js";
import { SOURCE, STATE, states } from "./field.js";
import { assuming, type Doubt, merge, type Packets, type Step, withField } from "./packets.js";
import { RuleReader } from "./rule-conditions.js";
import type { Scene } from "./scene.js";
import { select } from "./select.js";

/** Packets that do not arrive. */
export interface Lost {
  readonly packets: Packets;
  readonly how: string;
  /** The sender is told so that its connection ends for good. */
  readonly reset: boolean;
}
export interface WalkOptions {
  /** Takes limiters as never used before. Default false: they may say either. */
  readonly fresh?: boolean;
  /** Keeps what happened in chains that packets came back from. Default false. */
  readonly everyStep?: boolean;
}

/** More sets of packets than this at once are not told apart any more. */
const MOST_SETS = 4096;
/** Nor are more borders of sources gone through one rule at a time: it would take seconds, and prove little. */
const MOST_BORDERS = 400_000;
/** With so many a rule takes as long as hundreds do else. */
const MANY_BORDERS = 1_000;
/** The kernel refuses chains that lead to each other in a circle; a file may have some. */
const DEEPEST = 128;
const INVALID = states("INVALID"),
  UNTRACKED = states("UNTRACKED");

/** Takes packets through chains, as the kernel's ipt_do_table does, but all of a set at once and in every world. */
export class Walk {
  readonly lost: Lost[] = [];
  readonly #table: (name: TableName) => Table | undefined;
  readonly #reader: RuleReader;
  readonly #options: WalkOptions;
  #accepted: Packets[] = [];
  #count = 0;
  #borders = 0;
  constructor(scene: Scene, table: (name: TableName) => Table | undefined, options: WalkOptions = {}) {
    this.#table = table;
    this.#reader = new RuleReader(scene);
    this.#options = options;
  }
  get scene(): Scene {
    return this.#reader.scene;
  }

  /** Through a built-in chain; gives those that the table lets pass. Yields so often that callers can cut it in slices. */
  *hook(table: TableName, chain: string, packets: readonly Packets[]): Generator<void, readonly Packets[]> {
    const own = this.#table(table);
    if (!own || packets.length === 0) return packets;
    this.#accepted = [];
    const left = yield* this.#chain(own, chain, packets, 0);
    const policy = own.policyOf(chain) ?? "ACCEPT";
    for (const one of left) {
      const trail = { before: one.trail, table, chain, number: 0, did: `policy ${policy}` };
      if (policy === "DROP") this.#lose({ ...one, trail }, "DROP", false);
      else this.#accepted.push({ ...one, trail });
    }
    return merge(this.#accepted);
  }
  #lose(packets: Packets, how: string, reset: boolean): void {
    this.lost.push({ packets, how, reset });
  }
  /** In one world they arrive, in the other they do not. */
  either(packets: Packets, doubt: Doubt, step: Step, how = doubt.what): Packets {
    const fork = { doubt, step };
    this.#lose(assuming(packets, fork, false), how, false);
    return assuming(packets, fork, true);
  }
  lose(packets: Packets, how: string): void {
    this.#lose(packets, how, false);
  }

  /** Gives those that fall out of the chain, at its end or by RETURN. */
  *#chain(
    table: Table,
    chain: string,
    incoming: readonly Packets[],
    depth: number,
  ): Generator<void, readonly Packets[]> {
    const rules = table.rules(chain),
      out: Packets[] = [];
    const index = this.#options.everyStep ? undefined : yield* chainIndex(table, chain),
      relations = index && new Relations(index, this.#reader, incoming);
    let live = incoming;
    for (let i = 0; i < rules.length && live.length > 0; i++) {
      if (index && relations) {
        relations.turnTo(live);
        const stop = Math.min(rules.length, i + relations.stride);
        i = relations.next(i, stop);
        if (i === stop) {
          yield;
          i--;
          continue;
        }
        const relation = relations.of(i);
        if (relation !== "apart" && relation !== "look") {
          const run = yield* runFrom(i, relation, index, relations);
          live = this.#cut(table, chain, live, run, index, relation);
          i = run.end - 1;
          continue;
        }
      }
      if ((++this.#count & 7) === 0) yield;
      const rule = rules.at(i)!;
      live = yield* this.#rule(table, chain, i + 1, rule, live, out, depth);
      const borders = bordersOf(live);
      this.#borders += borders;
      if (borders > MANY_BORDERS) yield;
      if (live.length > MOST_SETS || this.#borders > MOST_BORDERS)
        live = this.#giveUp(live, { table: table.name, chain, number: i + 1, rule });
    }
    return merge([...out, ...live]);
  }

  /** Many rules at once that decide alike about different sources. */
  #cut(
    table: Table,
    chain: string,
    live: readonly Packets[],
    run: Run,
    index: ChainIndex,
    action: Decision,
  ): readonly Packets[] {
    const sources = sourcesOf(run, index),
      left: Packets[] = [];
    for (const packets of live) {
      const { hit, rule: at, miss } = cut(packets, sources, run, index);
      if (miss) left.push(miss);
      if (!hit) continue;
      const rule = table.rules(chain).at(at)!,
        place = { table: table.name, chain, number: at + 1, rule, did: named(rule) };
      this.#decide({ ...hit, trail: { ...place, before: packets.trail } }, action);
    }
    return left;
  }
  #decide(packets: Packets, action: Decision): void {
    if (action.do === "accept") this.#accepted.push(packets);
    else this.#lose(packets, action.how, action.reset);
  }

  *#rule(
    table: Table,
    chain: string,
    number: number,
    rule: Rule,
    live: readonly Packets[],
    out: Packets[],
    depth: number,
  ): Generator<void, readonly Packets[]> {
    const conditions = this.#reader.conditions(rule);
    if (conditions.never) return live;
    const action = actionOf(rule, this.scene.family);
    if (action.do === "continue" && !this.#options.everyStep) return live;
    const next: Packets[] = [];
    let met = false;
    for (const packets of live) {
      const step: Step = {
        before: packets.trail,
        table: table.name,
        chain,
        number,
        rule,
        did: named(rule),
        doubt: conditions.doubts[0],
      };
      const { hit, miss } = select(packets, conditions, step, this.#options.fresh ?? false);
      if (hit.length === 0) {
        next.push(packets);
        continue;
      }
      met = true;
      next.push(...miss);
      for (const one of hit)
        next.push(...(yield* this.#act(table, action, { ...one, trail: step }, packets.trail, out, depth)));
    }
    return met ? merge(next) : live;
  }

  /** What the action leaves in the chain. */
  *#act(
    table: Table,
    action: Action,
    packets: Packets,
    trail: Step | undefined,
    out: Packets[],
    depth: number,
  ): Generator<void, readonly Packets[]> {
    const step = packets.trail!,
      quiet = this.#options.everyStep ? packets : { ...packets, trail };
    switch (action.do) {
      case "continue":
        return [quiet];
      case "accept":
      case "drop":
        this.#decide(packets, action);
        return [];
      case "return":
        out.push(quiet);
        return [];
      case "jump":
      case "goto": {
        if (depth >= DEEPEST) return this.#giveUp([packets], step);
        const back = yield* this.#chain(table, action.chain, [packets], depth + 1);
        const those = this.#options.everyStep ? back : back.map((one) => ({ ...one, trail }));
        if (action.do === "jump") return those;
        out.push(...those);
        return [];
      }
      case "mark":
        return [marked(packets, action.value, action.mask)];
      case "notrack":
        // Only what conntrack has not seen yet can be kept from it.
        return equal(packets.fields[STATE]!, INVALID) ? [withField(packets, STATE, UNTRACKED)] : [quiet];
      case "zone":
        return [{ ...packets, zone: step }];
      case "redirect":
      case "dnat": {
        const { addresses, ports } = action.to;
        this.#accepted.push({
          ...packets,
          mapping: { local: action.do === "redirect", addresses, ports, step },
        });
        return [];
      }
      case "snat":
        // An answer that gets another address may find nobody; what is only followed goes on under its new one.
        this.#accepted.push(
          this.#options.everyStep ? packets : this.either(packets, { kind: "host", what: action.what }, step),
        );
        return [];
      case "queue":
        return this.#queue(action, packets);
      case "unknown":
        return this.#worlds(packets, { kind: "host", what: action.what }, true);
    }
  }

  #queue({ queues: [first, last], bypass }: Action & { do: "queue" }, packets: Packets): readonly Packets[] {
    const { queues } = this.scene.facts,
      heard = queues === undefined ? undefined : queues.some((queue) => queue >= first && queue <= last);
    if (heard !== false) {
      this.#worlds(packets, { kind: "host", what: "a program that listens to the queue" }, false);
    } else if (bypass) this.#accepted.push(packets);
    else this.#lose(packets, "NFQUEUE without a listener", false);
    return [];
  }
  /** Accepted, lost, or, where it may, going on with whatever mark. */
  #worlds(packets: Packets, doubt: Doubt, goesOn: boolean): readonly Packets[] {
    const step = packets.trail!,
      fork = { doubt, step };
    if (!goesOn) {
      this.#accepted.push(this.either(packets, doubt, step));
      return [];
    }
    this.#accepted.push(this.either(assuming(packets, fork, false), doubt, step));
    return [marked(assuming(packets, fork, true), undefined, 0xffff_ffff)];
  }
  #giveUp(live: readonly Packets[], at: Omit<Step, "before" | "did">): readonly Packets[] {
    const doubt: Doubt = { kind: "host", what: "more cases than Rampart tells apart" };
    for (const packets of live) {
      const trail = { ...at, before: packets.trail, did: "gave up", doubt };
      this.#accepted.push(this.either({ ...packets, trail }, doubt, trail));
    }
    return [];
  }
}

const marked = (packets: Packets, value: number | undefined, mask: number): Packets =>
  value === undefined
    ? { ...packets, known: packets.known & ~mask }
    : {
        ...packets,
        mark: (packets.mark & ~mask) ^ value,
        // Bits outside of the mask that are turned over stay as unknown as they were.
        known: packets.known | mask,
      };

const bordersOf = (live: readonly Packets[]): number =>
  live.reduce((sum, { fields }) => sum + fields[SOURCE]!.length, 0);
