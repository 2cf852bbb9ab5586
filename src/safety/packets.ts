import type { TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";
import { type Bounds, equal, intersect, isEmpty, subtract, unite } from "./bounds.js";
import type { Field } from "./field.js";

/** Why it is not known what a rule does. `rate`: it depends on how much passed before; `host`: on what is not in the rules. */
export interface Doubt {
  readonly kind: "rate" | "host";
  /** What would have to be known: "-m limit", "the incoming interface". */
  readonly what: string;
  /** Of a `rate`: whether the match holds for the first packet that it ever sees. */
  readonly fresh?: boolean;
}

/** Where a packet was decided about. `number` counts from 1; 0 stands for the policy. */
export interface Step {
  readonly before: Step | undefined;
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  readonly rule?: Rule | undefined;
  /** What became of it there, in a word or two: "ACCEPT", "jump", "mark 0x1". */
  readonly did: string;
  readonly doubt?: Doubt | undefined;
}

/** One of two worlds that cannot be told apart: the rule matches in one, and does not in the other. */
export interface Assumed {
  readonly before: Assumed | undefined;
  /** Both worlds have the same. */
  readonly fork: Fork;
  readonly holds: boolean;
}
export interface Fork {
  readonly doubt: Doubt;
  readonly step: Step;
  /** Of a field whose value nobody knows: one world has the values that match, the other the rest. */
  readonly field?: Field | undefined;
}

/** What NAT does to the destination; undefined stays what it was. */
export interface Mapping {
  /** To this host, whatever its address. */
  readonly local: boolean;
  readonly addresses: Bounds | undefined;
  readonly ports: Bounds | undefined;
  readonly step: Step;
}

/** A set of packets that have met the same rules, and what is known of all of them. Immutable. */
export interface Packets {
  readonly fields: readonly Bounds[];
  /** The packet's mark, as far as `known` has bits. */
  readonly mark: number;
  readonly known: number;
  /** Bit by bit the fields of which nobody knows which value it is: each is one of the set. */
  readonly vague: number;
  readonly mapping: Mapping | undefined;
  /** A rule that puts its connection into another zone of conntrack. */
  readonly zone: Step | undefined;
  /** Undefined: what is said of these packets holds in every world. */
  readonly assumed: Assumed | undefined;
  readonly trail: Step | undefined;
}

export const withField = (packets: Packets, field: Field, set: Bounds): Packets => {
  const fields = packets.fields.slice();
  fields[field] = set;
  return { ...packets, fields };
};
export const isVague = ({ vague }: Packets, field: Field): boolean => ((vague >> field) & 1) === 1;
export const assuming = (packets: Packets, fork: Fork, holds: boolean): Packets => ({
  ...packets,
  assumed: { before: packets.assumed, fork, holds },
});

/**
 * What two tags say together: what both worlds have in common, where they are the two sides of one fork. Packets that differ
 * in a field are so only where that field was the fork: else each world may have lost others of them.
 */
function together(
  a: Assumed | undefined,
  b: Assumed | undefined,
  differing: Field | undefined,
): Assumed | undefined | false {
  if (a === b) return a;
  const sides = a && b && a.fork === b.fork && a.holds !== b.holds && a.before === b.before;
  return sides && (differing === undefined || a.fork.field === differing) ? a.before : false;
}
const alike = (a: Packets, b: Packets): boolean =>
  a.known === b.known &&
  ((a.mark ^ b.mark) & a.known) === 0 &&
  a.mapping === b.mapping &&
  a.vague === b.vague &&
  a.zone === b.zone;

/**
 * One set for both, where nothing is lost by it: they differ in one field at most, and in worlds at most where both come to
 * the same.
 */
function joined(a: Packets, b: Packets): Packets | undefined {
  if (!alike(a, b)) return undefined;
  let differing = -1;
  for (let i = 0; i < a.fields.length; i++)
    if (!equal(a.fields[i]!, b.fields[i]!)) {
      if (differing >= 0) return undefined;
      differing = i;
    }
  const tag = together(a.assumed, b.assumed, differing < 0 ? undefined : differing);
  if (differing < 0) return tag === false ? sameInSome(a, b) : { ...a, assumed: tag };
  if (tag === false) return undefined;
  const whole = unite(a.fields[differing]!, b.fields[differing]!);
  return withField({ ...a, assumed: tag }, differing, whole);
}
/** The same packets in worlds that are not the two halves of one: they stay assumed, once. */
const sameInSome = (a: Packets, b: Packets): Packets => (a.assumed === undefined ? a : b);

/** Beyond this many it costs more to look than it saves. */
const FEW = 48;
/** As few sets as say the same. */
export function merge(all: readonly Packets[]): readonly Packets[] {
  if (all.length < 2 || all.length > FEW) return all;
  const out: Packets[] = [];
  for (const one of all) {
    let packets = one;
    for (let i = out.length - 1; i >= 0; i--) {
      const both = joined(out[i]!, packets);
      if (!both) continue;
      packets = both;
      out.splice(i, 1);
      // What is one now may be one with what was passed over before.
      i = out.length;
    }
    out.push(packets);
  }
  return out;
}

/** What of `packets` is not among the packets of `others`, in the fields that tell one packet from another. */
export function without(
  packets: readonly Packets[],
  others: readonly Packets[],
  fields: readonly Field[],
  most: number,
): readonly Packets[] | undefined {
  let left = packets,
    work = 0;
  for (const other of others) {
    const next: Packets[] = [];
    for (const one of left) {
      if (++work > most) return undefined;
      next.push(...minus(one, other, fields));
    }
    left = next;
    if (left.length === 0) break;
  }
  return left;
}
function minus(one: Packets, other: Packets, fields: readonly Field[]): readonly Packets[] {
  const out: Packets[] = [];
  let rest = one;
  for (const field of fields) {
    const own = rest.fields[field]!,
      both = intersect(own, other.fields[field]!);
    if (isEmpty(both)) return [one];
    const outside = subtract(own, both);
    if (!isEmpty(outside)) out.push(withField(rest, field, outside));
    rest = withField(rest, field, both);
  }
  return out;
}
