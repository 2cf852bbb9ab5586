import { isNot, type Negatable, type Options } from "../model/rule.js";
import type { SetContents } from "../model/set-contents.js";
import { networkBounds } from "./address-bounds.js";
import { type Bounds, meeting, unionOf, unite } from "./bounds.js";
import type { Conditions } from "./conditions.js";
import { complement, DESTINATION, SOURCE } from "./field.js";

interface Named {
  readonly set: string;
  readonly by: readonly ("src" | "dst")[];
}
/** The set that a match asks about one address; undefined where it asks for more, as for its counters. */
export function askedSet(o: Options): Named | undefined {
  const given = o.matchSet as Negatable<Named> | undefined;
  if (given === undefined || Object.keys(o).length > 1) return undefined;
  return isNot(given) ? given.not : given;
}

/** `-m set`, of sets that are known (`HostFacts.sets`). A set that looks at one address goes by the first word. */
export function setConditions(o: Options, to: Conditions): void {
  const not = isNot(o.matchSet as Negatable<Named>),
    named = askedSet(o),
    { facts, peers, direction, family } = to.scene,
    contents = named && facts.sets?.[named.set],
    known = contents && boundsOf(contents, to);
  const doubt = `the set in -m set${not ? " !" : ""} --match-set`;
  if (!named || !known) return to.doubt(doubt);
  const field = named.by[0] === "dst" ? DESTINATION : SOURCE,
    ofPeer = direction !== "through" && (field === SOURCE) === (direction === "in"),
    { members, among } = known;
  if (among === undefined || (ofPeer && peers !== undefined && meeting(peers, among) === "whole"))
    return to.field(field, members, not);
  // All others may be in it, or not.
  const others = complement(among, field, family);
  to.field(field, unite(not ? complement(members, field, family) : members, others));
  to.doubt(doubt);
}

interface Known {
  readonly members: Bounds;
  readonly among: Bounds | undefined;
}
const known = new WeakMap<SetContents, Known>();
/** Undefined where it holds what is no address of the family. */
function boundsOf(contents: SetContents, { scene }: Conditions): Known | undefined {
  const before = known.get(contents);
  if (before) return before;
  const union = (addresses: readonly string[]): Bounds | undefined => {
    const all = addresses.map((one) => networkBounds(one, scene.family));
    return all.every((one) => one !== undefined)
      ? unionOf(
          all.flatMap((one) =>
            Array.from({ length: one.length / 2 }, (_, i) => [one[2 * i]!, one[2 * i + 1]!] as const),
          ),
        )
      : undefined;
  };
  const members = union(contents.members),
    among = contents.among && union(contents.among);
  if (!members || (contents.among && !among)) return undefined;
  const made = { members, among };
  known.set(contents, made);
  return made;
}
