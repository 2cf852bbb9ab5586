/** A place on the axis of one field: numbers, IPv6 addresses, names of interfaces. One axis never mixes them. */
export type Bound = number | bigint | string;
/**
 * A set of values as the borders where it begins and ends, ascending: `[a, b, c, d]` is [a, b) and [c, d). That ends are
 * not inside means that nothing here ever has to count: it only compares, so addresses, ports and names are all the same.
 */
export type Bounds = readonly Bound[];

export const EMPTY: Bounds = [];
/** The compiler has no "less than" for a union; one axis holds one type. */
export const before = (a: Bound, b: Bound): boolean => (a as number) < (b as number);

export const isEmpty = (set: Bounds): boolean => set.length === 0;
/** A single value or a single span, as most are. */
export const isSpan = (set: Bounds): boolean => set.length === 2;

/** The first index whose border lies behind `value`: odd inside of the set, even outside. */
function after(set: Bounds, value: Bound): number {
  let low = 0,
    high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(value, set[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
export const has = (set: Bounds, value: Bound): boolean => (after(set, value) & 1) === 1;

/** Whether any of [from, to) is inside. */
export function overlaps(set: Bounds, from: Bound, to: Bound): boolean {
  if (set.length === 2) return before(from, set[1]!) && before(set[0]!, to);
  const i = after(set, from);
  return (i & 1) === 1 || (i < set.length && before(set[i]!, to));
}

/** How [from, to) lies to the set: none of it inside, some, or the set wholly inside of it. */
export type Meeting = "apart" | "part" | "whole";
/** How much of `set` lies in `other`. */
export function meeting(set: Bounds, other: Bounds): Meeting {
  if (set === other) return "whole";
  if (set.length === 0) return "whole";
  if (other.length === 0) return "apart";
  const last = set.length - 1;
  if (other.length === 2) {
    const from = other[0]!,
      to = other[1]!;
    if (!before(set[last]!, from) && set[last] !== from && before(set[0]!, to)) {
      if (!before(set[0]!, from) && !before(to, set[last]!)) return "whole";
      return set.length === 2 || !isEmpty(intersect(set, other)) ? "part" : "apart";
    }
    return "apart";
  }
  const both = intersect(set, other);
  return isEmpty(both) ? "apart" : equal(both, set) ? "whole" : "part";
}

export function equal(a: Bounds, b: Bounds): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** One sweep over both; `keep` says which of (in a, in b) stay. */
function combine(a: Bounds, b: Bounds, keep: (inA: boolean, inB: boolean) => boolean): Bounds {
  const out: Bound[] = [];
  let i = 0,
    j = 0,
    inside = false;
  while (i < a.length || j < b.length) {
    const at = j >= b.length || (i < a.length && before(a[i]!, b[j]!)) ? a[i]! : b[j]!;
    while (i < a.length && a[i] === at) i++;
    while (j < b.length && b[j] === at) j++;
    const now = keep((i & 1) === 1, (j & 1) === 1);
    if (now !== inside) out.push(at);
    inside = now;
  }
  return out;
}
const BOTH = (a: boolean, b: boolean): boolean => a && b,
  FIRST = (a: boolean, b: boolean): boolean => a && !b,
  EITHER = (a: boolean, b: boolean): boolean => a || b;

/** A short set against a long one: only what lies between its borders is looked at. */
function within(long: Bounds, from: Bound, to: Bound): Bound[] {
  const first = after(long, from),
    // A border at `to` itself is no part of [from, to).
    end = lowest(long, to);
  const out: Bound[] = [];
  if (first & 1) out.push(from);
  for (let i = first; i < end; i++) out.push(long[i]!);
  if (end & 1) out.push(to);
  return out;
}
/** The first index whose border is not before `value`. */
function lowest(set: Bounds, value: Bound): number {
  let low = 0,
    high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(set[middle]!, value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function intersect(a: Bounds, b: Bounds): Bounds {
  if (a.length === 2 && b.length === 2) {
    const from = before(a[0]!, b[0]!) ? b[0]! : a[0]!,
      to = before(a[1]!, b[1]!) ? a[1]! : b[1]!;
    return before(from, to) ? [from, to] : EMPTY;
  }
  if (b.length === 2 && a.length > 8) return within(a, b[0]!, b[1]!);
  if (a.length === 2 && b.length > 8) return within(b, a[0]!, a[1]!);
  return combine(a, b, BOTH);
}
export const subtract = (a: Bounds, b: Bounds): Bounds => combine(a, b, FIRST);
export const unite = (a: Bounds, b: Bounds): Bounds =>
  isEmpty(a) ? b : isEmpty(b) ? a : combine(a, b, EITHER);

/** The union of spans in any order, given as pairs. */
export function unionOf(spans: readonly (readonly [from: Bound, to: Bound])[]): Bounds {
  const sorted = [...spans].sort((a, b) => (before(a[0], b[0]) ? -1 : before(b[0], a[0]) ? 1 : 0));
  const out: Bound[] = [];
  for (const [from, to] of sorted) {
    if (!before(from, to)) continue;
    const last = out.at(-1);
    if (last === undefined || before(last, from)) out.push(from, to);
    else if (before(last, to)) out[out.length - 1] = to;
  }
  return out;
}
