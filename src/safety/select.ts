import { intersect, meeting, subtract } from "./bounds.js";
import type { Conditions, MarkCondition, NatState } from "./conditions.js";
import { FIELD_NAMES, type Field, STATE } from "./field.js";
import { assuming, type Doubt, isVague, type Packets, type Step, withField } from "./packets.js";

/** Which packets a rule matches, and which it does not. Where that is not known, they are in both. */
export interface Selection {
  readonly hit: readonly Packets[];
  readonly miss: readonly Packets[];
}
const missed = (packets: Packets): Selection => ({ hit: [], miss: [packets] });

/** `fresh`: limiters are taken as never used before. */
export function select(packets: Packets, conditions: Conditions, step: Step, fresh: boolean): Selection {
  if (conditions.never) return missed(packets);
  const [either] = conditions.eithers;
  if (!either) return plain(packets, conditions, conditions.fields, step, fresh);
  const [first, second] = either.fields,
    set = either.set;
  const inFirst = plain(packets, conditions, [...conditions.fields, [first, set]], step, fresh),
    hit = [...inFirst.hit],
    miss: Packets[] = [];
  for (const one of inFirst.miss) {
    const inSecond = plain(one, conditions, [...conditions.fields, [second, set]], step, fresh);
    hit.push(...inSecond.hit);
    miss.push(...inSecond.miss);
  }
  return { hit, miss };
}

function plain(
  packets: Packets,
  conditions: Conditions,
  fields: Conditions["fields"],
  step: Step,
  fresh: boolean,
): Selection {
  let hit = packets;
  const miss: Packets[] = [];
  const narrow = (field: Field, set: readonly unknown[]): boolean => {
    const wanted = set as Conditions["fields"][number][1],
      own = hit.fields[field]!,
      how = meeting(own, wanted);
    if (how === "whole") return true;
    if (how === "apart") return false;
    const inside = withField(hit, field, intersect(own, wanted)),
      outside = withField(hit, field, subtract(own, wanted));
    if (!isVague(hit, field)) {
      miss.push(outside);
      hit = inside;
      return true;
    }
    const fork = { doubt: { kind: "host", what: `the ${FIELD_NAMES[field]}` } as const, step, field };
    miss.push(assuming(outside, fork, false));
    hit = assuming(inside, fork, true);
    return true;
  };

  for (let i = 0; i < fields.length; i++)
    if (meeting(hit.fields[fields[i]![0]]!, fields[i]![1]) === "apart") return missed(packets);
  for (let i = 0; i < fields.length; i++) if (!narrow(fields[i]![0], fields[i]![1])) return missed(packets);
  for (const state of conditions.natStates) {
    const verdict = natState(hit, state);
    if (verdict === false) return missed(packets);
    if (verdict === undefined && !narrow(STATE, state.not ? notStates(state) : state.states))
      return missed(packets);
  }
  for (const condition of conditions.marks) {
    const verdict = byMark(hit, condition);
    if (verdict === false) return missed(packets);
    if (verdict === true) continue;
    const fork = { doubt: { kind: "host", what: "the packet's mark" } as const, step },
      same = withMark(hit, condition);
    miss.push(assuming(condition.not ? same : hit, fork, false));
    hit = assuming(condition.not ? hit : same, fork, true);
  }
  const doubt = doubtOf(conditions.doubts, fresh);
  if (doubt === false) return missed(packets);
  if (doubt) {
    miss.push(assuming(hit, { doubt, step }, false));
    hit = assuming(hit, { doubt, step }, true);
  }
  return { hit: [hit], miss };
}

/** All states but those: there are five. */
const notStates = ({ states }: NatState) => subtract([0, 5], states);
/** Undefined: the plain states decide. */
function natState({ mapping }: Packets, { mapped, not }: NatState): boolean | undefined {
  return mapped && mapping !== undefined ? !not : undefined;
}

/** Undefined: bits that are asked for are not known. */
export function byMark({ mark, known }: Packets, { value, mask, not }: MarkCondition): boolean | undefined {
  if ((value & ~mask) !== 0 || ((mark ^ value) & mask & known) !== 0) return not;
  return (mask & ~known) === 0 ? !not : undefined;
}
const withMark = (packets: Packets, { value, mask }: MarkCondition): Packets => ({
  ...packets,
  mark: (packets.mark & ~mask) | (value & mask),
  known: packets.known | mask,
});

/** What is not known of a match; false where it is known not to hold. */
function doubtOf(doubts: readonly Doubt[], fresh: boolean): Doubt | undefined | false {
  let first: Doubt | undefined;
  for (const doubt of doubts) {
    if (fresh && doubt.kind === "rate") {
      if (!doubt.fresh) return false;
    } else if (!first || first.kind === "rate") first = doubt;
  }
  return first;
}
