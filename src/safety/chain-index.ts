import { isNot, type Negatable, type Part, type Rule } from "../model/rule.js";
import type { RuleList } from "../model/rule-list.js";
import type { Table } from "../model/table.js";
import { networkBounds } from "./address-bounds.js";

/**
 * The rules of a long chain, so that one is passed over without being looked at: what they ask of the source address, and
 * which of a few shapes all else has. Block lists are one shape a hundred thousand times. IPv4 only: its addresses are
 * numbers.
 */
export interface ChainIndex {
  /** Sources, from the first address up to the one behind the last. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Of each rule, an index into `shapes`; -1 of a rule that is to be looked at by itself. */
  readonly shape: Int16Array;
  /** A rule of each shape, its source left out. */
  readonly shapes: readonly Rule[];
}

/** Shorter chains are read as fast without. */
const WORTH = 16,
  MOST_SHAPES = 256;
const known = new WeakMap<Table, Map<string, ChainIndex>>();

function sameParts(a: readonly Part[] | undefined, b: readonly Part[] | undefined): boolean {
  if (a === b) return true;
  if (a?.length !== b?.length || !a || !b) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
/** Parts and negated values are compared as objects: what is shared is the same one, what is not is another shape. */
const alike = (a: Rule, b: Rule): boolean =>
  a.jump === b.jump &&
  a.goto === b.goto &&
  a.protocol === b.protocol &&
  a.destination === b.destination &&
  a.inInterface === b.inInterface &&
  a.outInterface === b.outInterface &&
  a.fragment === b.fragment &&
  sameParts(a.matches, b.matches);

function place(source: Negatable<string> | undefined, index: ChainIndex, i: number): boolean {
  if (source === undefined) {
    index.to[i] = 2 ** 32;
    return true;
  }
  const set = isNot(source) ? undefined : networkBounds(source as string, "ipv4");
  if (set?.length !== 2) return false;
  index.from[i] = Number(set[0]);
  index.to[i] = Number(set[1]);
  return true;
}

/** Finds the shapes of rules, one rule after the other. */
class ShapeFinder {
  readonly shapes: Rule[] = [];
  /** Of each shape the one that came behind it last: lists repeat themselves. */
  readonly #behind: number[] = [];
  #last = 0;
  /** -1 where there are too many. */
  find(rule: Rule): number {
    const { shapes } = this,
      guess = this.#behind[this.#last] ?? 0;
    let found = guess;
    if (guess >= shapes.length || !alike(shapes[guess]!, rule)) {
      found = shapes.findIndex((one) => alike(one, rule));
      if (found < 0 && shapes.length < MOST_SHAPES) {
        const { source: _, ...rest } = rule;
        found = shapes.push(rest) - 1;
      }
      if (found < 0) return found;
      this.#behind[this.#last] = found;
    }
    this.#last = found;
    return found;
  }
}
/** So many rules are read at a time. */
const BLOCK = 256;

/** Undefined where it is not worth it. Yields so often that callers can cut it in slices. */
export function* chainIndex(table: Table, chain: string): Generator<void, ChainIndex | undefined> {
  const rules = table.rules(chain),
    { length } = rules;
  if (table.family !== "ipv4" || length < WORTH) return undefined;
  const all = known.get(table) ?? new Map<string, ChainIndex>();
  known.set(table, all);
  const before = all.get(chain);
  if (before) return before;
  const finder = new ShapeFinder(),
    index = {
      from: new Float64Array(length),
      to: new Float64Array(length),
      shape: new Int16Array(length),
      shapes: finder.shapes,
    };
  for (let i = 0; i < length; i += BLOCK) {
    fill(index, rules, i, Math.min(length, i + BLOCK), finder);
    yield;
  }
  all.set(chain, index);
  return index;
}
function fill(index: ChainIndex, rules: RuleList, begin: number, end: number, finder: ShapeFinder): void {
  for (let i = begin; i < end; i++) {
    const rule = rules.at(i)!,
      shape = finder.find(rule);
    index.shape[i] = shape >= 0 && place(rule.source, index, i) ? shape : -1;
  }
}
