import { type Bounds, isEmpty, meeting } from "./bounds.js";
import type { Field } from "./field.js";
import { type Packets, without } from "./packets.js";
import type { Lost } from "./walk.js";

/**
 * - `safe`: every such packet arrives.
 * - `throttled`: it arrives unless a limiter has had enough of others.
 * - `unproved`: it depends on something that is not known here.
 * - `cut`: it does not arrive, whatever is not known.
 */
export type Verdict = "safe" | "throttled" | "unproved" | "cut";
const ORDER: readonly Verdict[] = ["safe", "throttled", "unproved", "cut"];
/** `safe` of none. For reports of both families, say: `worstVerdict([ipv4.verdict, ipv6.verdict])`. */
export const worst = (verdicts: Iterable<Verdict>): Verdict => {
  let worst: Verdict = "safe";
  for (const one of verdicts) if (ORDER.indexOf(one) > ORDER.indexOf(worst)) worst = one;
  return worst;
};

export interface Judged {
  readonly verdict: Verdict;
  /** The packets that the verdict is about, where it is not safe. */
  readonly lost?: Lost;
}
/** More comparisons than this are not made: then it is not proved. */
const MOST_WORK = 200_000;

/**
 * One verdict for all of them. That one branch drops packets says nothing yet: in another world, on another branch, the same
 * packets may arrive. `identity`: the fields that tell one packet from another.
 */
export function judge(
  accepted: readonly Packets[],
  lost: readonly Lost[],
  identity: readonly Field[],
  all: boolean,
): Judged {
  if (!all && accepted.some(({ assumed }) => assumed === undefined)) return { verdict: "safe" };
  const [sure] = lost.filter(({ packets }) => packets.assumed === undefined);
  if (all && sure) return { verdict: "cut", lost: sure };
  if (!all && accepted.length === 0 && lost[0]) return { verdict: "cut", lost: sure ?? lost[0] };
  const assumed = accepted.filter((one) => one.assumed !== undefined);
  if (all)
    for (const one of lost) {
      const left = without([one.packets], assumed, identity, MOST_WORK);
      const [packets] = left ?? [];
      if (packets) return { verdict: "cut", lost: { ...one, packets } };
    }
  const [first] = lost;
  return first ? { verdict: "unproved", lost: first } : { verdict: "safe" };
}

/** Whether what is lost has any of the values. */
export const touches = ({ packets }: Lost, field: Field, set: Bounds): boolean =>
  !isEmpty(packets.fields[field]!) && meeting(packets.fields[field]!, set) !== "apart";
