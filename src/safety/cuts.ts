import { type Action, actionOf } from "./action.js";
import {
  type Bound,
  type Bounds,
  intersect,
  isEmpty,
  type Meeting,
  meeting,
  overlaps,
  subtract,
} from "./bounds.js";
import type { ChainIndex } from "./chain-index.js";
import type { Conditions } from "./conditions.js";
import { SOURCE } from "./field.js";
import { isVague, type Packets, withField } from "./packets.js";
import type { RuleReader } from "./rule-conditions.js";
import { byMark } from "./select.js";

/** What a rule decides about all that it matches. */
export type Decision = Action & { readonly do: "accept" | "drop" };
/**
 * How the rules of one shape lie to packets, source addresses aside: they match none; they match all, and decide; or neither,
 * so that each is to be looked at.
 */
export type Relation = "apart" | "look" | Decision;

/** How the rules of an index lie to the packets that are under way. */
export class Relations {
  readonly #index: ChainIndex;
  readonly #asked: readonly { readonly conditions: Conditions; readonly action: Action }[];
  #live: readonly Packets[] = [];
  #known: (Relation | undefined)[] = [];
  /** No source of theirs lies before or behind. */
  #first = 0;
  #behind = 0;
  constructor(index: ChainIndex, reader: RuleReader, live: readonly Packets[]) {
    this.#index = index;
    this.#asked = index.shapes.map((shape) => ({
      conditions: reader.conditions(shape),
      action: actionOf(shape, reader.scene.family),
    }));
    this.turnTo(live);
  }
  /** Other packets are under way now. */
  turnTo(live: readonly Packets[]): void {
    if (live === this.#live) return;
    if (!differInSourceOnly(this.#live, live)) this.#known = [];
    this.#live = live;
    this.#first = Math.min(...live.map(({ fields }) => Number(fields[SOURCE]![0])));
    this.#behind = Math.max(...live.map(({ fields }) => Number(fields[SOURCE]!.at(-1))));
  }
  /** How many rules are looked through in about the same time, however many packets are under way. */
  get stride(): number {
    return Math.max(8, Math.trunc(STRIDE / this.#live.length));
  }
  /** The first rule from `i` on that is not apart from them, its source included; `end` where all before it are. */
  next(i: number, end: number): number {
    const { shape, from, to } = this.#index,
      first = this.#first,
      behind = this.#behind,
      known = this.#known;
    for (; i < end; i++) {
      const own = shape[i]!;
      if (own < 0) return i;
      if (from[i]! >= behind || to[i]! <= first || known[own] === "apart") continue;
      if (this.#meets(from[i]!, to[i]!) && this.of(i) !== "apart") return i;
    }
    return end;
  }
  #meets(from: number, to: number): boolean {
    for (const { fields } of this.#live) if (overlaps(fields[SOURCE]!, from, to)) return true;
    return false;
  }
  /** Of rule `i`, whatever its source. */
  of(i: number): Relation {
    const own = this.#index.shape[i]!;
    return own < 0 ? "look" : (this.#known[own] ??= this.#relate(own));
  }
  #relate(shape: number): Relation {
    const { conditions, action } = this.#asked[shape]!,
      { fields, marks, eithers, natStates, doubts, never } = conditions;
    if (never || action.do === "continue") return "apart";
    let apart = 0,
      whole = 0;
    for (const packets of this.#live) {
      const how = meets(packets, fields, marks);
      if (how === "apart") apart++;
      else if (how === "whole" && !isVague(packets, SOURCE)) whole++;
    }
    if (apart === this.#live.length) return "apart";
    const plain = eithers.length + natStates.length + doubts.length === 0;
    return plain && whole === this.#live.length && (action.do === "accept" || action.do === "drop")
      ? action
      : "look";
  }
}
const STRIDE = 8_192;

/** How packets lie to what a rule asks. */
function meets(packets: Packets, fields: Conditions["fields"], marks: Conditions["marks"]): Meeting {
  let all: Meeting = "whole";
  for (const [field, set] of fields) {
    const how = meeting(packets.fields[field]!, set);
    if (how === "apart") return how;
    if (how === "part") all = how;
  }
  for (const mark of marks) {
    const how = byMark(packets, mark);
    if (how === false) return "apart";
    if (how === undefined) all = "part";
  }
  return all;
}
/** So that they lie to shapes, which ask for no source, as the others did. */
function differInSourceOnly(some: readonly Packets[], others: readonly Packets[]): boolean {
  if (some.length !== others.length) return false;
  return some.every((one, i) => {
    const other = others[i]!;
    if (one.mark !== other.mark || one.known !== other.known || one.vague !== other.vague) return false;
    return one.fields.every((set, field) => field === SOURCE || set === other.fields[field]);
  });
}

const sameVerdict = (a: Relation, b: Decision): boolean =>
  a === b ||
  (typeof a === "object" &&
    a.do === b.do &&
    (a.do !== "drop" || (b.do === "drop" && a.how === b.how && a.reset === b.reset)));

/** Rules in a row that do the same to different sources: in which order does not matter. */
export interface Run {
  /** The rules, by number from 0, ascending; and the first behind them that is none of them. */
  readonly rules: readonly number[];
  readonly end: number;
}
export function* runFrom(
  start: number,
  verdict: Decision,
  index: ChainIndex,
  relations: Relations,
): Generator<void, Run> {
  const rules: number[] = [];
  let i = start;
  for (const { length } = index.shape; i < length; ) {
    const stop = Math.min(length, i + relations.stride);
    for (i = relations.next(i, stop); i < stop; i = relations.next(i + 1, stop)) {
      if (!sameVerdict(relations.of(i), verdict)) return { rules, end: i };
      rules.push(i);
    }
    yield;
  }
  return { rules, end: i };
}
/** All sources of the rules, as one set. */
export function sourcesOf({ rules }: Run, { from, to }: ChainIndex): Bounds {
  const order = rules.every((rule, i) => i === 0 || from[rules[i - 1]!]! <= from[rule]!)
    ? rules
    : [...rules].sort((a, b) => from[a]! - from[b]!);
  const out: Bound[] = [];
  for (const rule of order) {
    const last = out.length - 1;
    if (last >= 0 && from[rule]! <= (out[last] as number)) {
      if (to[rule]! > (out[last] as number)) out[last] = to[rule]!;
    } else out.push(from[rule]!, to[rule]!);
  }
  return out;
}
export interface Cut {
  readonly hit: Packets | undefined;
  /** The rule that the first address of `hit` meets, from 0. */
  readonly rule: number;
  readonly miss: Packets | undefined;
}
export function cut(packets: Packets, sources: Bounds, { rules }: Run, { from, to }: ChainIndex): Cut {
  const own = packets.fields[SOURCE]!,
    inside = intersect(own, sources);
  if (isEmpty(inside)) return { hit: undefined, rule: -1, miss: packets };
  const outside = subtract(own, sources),
    first = inside[0] as number;
  return {
    hit: withField(packets, SOURCE, inside),
    rule: rules.find((rule) => from[rule]! <= first && first < to[rule]!)!,
    miss: isEmpty(outside) ? undefined : withField(packets, SOURCE, outside),
  };
}
