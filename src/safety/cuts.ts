import type { Rule } from "../model/rule.js";
import { type Action, actionOf } from "./action.js";
import { type Bound, type Bounds, intersect, isEmpty, meeting, overlaps, subtract } from "./bounds.js";
import type { ChainIndex } from "./chain-index.js";
import { SOURCE } from "./field.js";
import { isVague, type Packets, withField } from "./packets.js";
import type { RuleReader } from "./rule-conditions.js";
import { byMark } from "./select.js";

/**
 * How the rules of one shape lie to packets, source addresses aside: they match none; they match all, and decide; or neither,
 * so that each is to be looked at.
 */
export type Relation = "apart" | "look" | (Action & { readonly do: "accept" | "drop" });

/** The relations of an index's shapes to the packets that are under way; asked for anew whenever those change. */
export class Relations {
  readonly #index: ChainIndex;
  readonly #reader: RuleReader;
  readonly #live: readonly Packets[];
  readonly #known: (Relation | undefined)[] = [];
  constructor(index: ChainIndex, reader: RuleReader, live: readonly Packets[]) {
    this.#index = index;
    this.#reader = reader;
    this.#live = live;
  }
  /** Of rule `i`, its source included where that settles it. */
  of(i: number): Relation {
    const { shape, shapes, from, to } = this.#index,
      own = shape[i]!;
    if (own < 0) return "look";
    const relation = (this.#known[own] ??= this.#relate(shapes[own]!));
    if (relation === "apart") return relation;
    for (const { fields } of this.#live) if (overlaps(fields[SOURCE]!, from[i]!, to[i]!)) return relation;
    return "apart";
  }
  #relate(shape: Rule): Relation {
    const { fields, marks, eithers, natStates, doubts, never } = this.#reader.conditions(shape),
      action = actionOf(shape, this.#reader.scene.family);
    if (never || action.do === "continue") return "apart";
    let apart = 0,
      whole = 0;
    for (const packets of this.#live) {
      const how = [
        ...fields.map(([field, set]) => meeting(packets.fields[field]!, set)),
        ...marks.map(
          (mark) => ({ true: "whole", false: "apart", undefined: "part" })[`${byMark(packets, mark)}`]!,
        ),
      ];
      if (how.includes("apart")) apart++;
      else if (!how.includes("part") && !isVague(packets, SOURCE)) whole++;
    }
    if (apart === this.#live.length) return "apart";
    const plain = eithers.length + natStates.length + doubts.length === 0;
    return plain && whole === this.#live.length && (action.do === "accept" || action.do === "drop")
      ? action
      : "look";
  }
}

const sameVerdict = (a: Relation, b: Relation): boolean =>
  a === b ||
  (typeof a === "object" &&
    typeof b === "object" &&
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
  verdict: Relation,
  index: ChainIndex,
  relations: Relations,
): Generator<void, Run> {
  const rules: number[] = [];
  let i = start;
  for (; i < index.shape.length; i++) {
    if ((i & 7) === 0) yield;
    const relation = relations.of(i);
    if (relation === "apart") continue;
    if (!sameVerdict(relation, verdict)) break;
    rules.push(i);
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
