import type { Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { actionOf } from "./action.js";
import { type Bounds, intersect, isEmpty, meeting } from "./bounds.js";
import type { Conditions } from "./conditions.js";
import { every, type Field } from "./field.js";
import type { LintFinding } from "./lint.js";
import { RuleReader } from "./rule-conditions.js";

/** Nothing about the packets is known: what a rule says alone. */
const sceneOf = (table: Table) => ({
  family: table.family,
  direction: "through" as const,
  facts: {},
  own: undefined,
  peers: undefined,
  localPeer: undefined,
  syn: true,
});

/** What a rule asks of each field; undefined where no packet can have it. */
function cubeOf({ fields, never, scene }: Conditions): ReadonlyMap<Field, Bounds> | undefined {
  const cube = new Map<Field, Bounds>();
  for (const [field, set] of fields) {
    const both = intersect(cube.get(field) ?? every(field, scene.family), set);
    if (isEmpty(both)) return undefined;
    cube.set(field, both);
  }
  return never ? undefined : cube;
}
/** A rule behind which packets that it matches never come. */
interface Wall {
  readonly number: number;
  readonly cube: ReadonlyMap<Field, Bounds>;
}
const decides = (rule: Rule, family: Table["family"]): boolean =>
  ["accept", "drop", "return", "goto"].includes(actionOf(rule, family).do);
const isPlain = ({ doubts, marks, eithers, natStates }: Conditions): boolean =>
  doubts.length + marks.length + eithers.length + natStates.length === 0;
const covers = ({ cube }: Wall, other: ReadonlyMap<Field, Bounds>, family: Table["family"]): boolean => {
  for (const [field, set] of cube)
    if (meeting(other.get(field) ?? every(field, family), set) !== "whole") return false;
  return true;
};

/** So many walls of a chain are looked at, those that ask least first kept. */
const MOST_WALLS = 64;

/** Rules that never match: by themselves, or because an earlier one of the chain has decided about all they could match. */
export function* shadows(
  table: Table,
  report: (finding: Omit<LintFinding, "family" | "table">) => void,
): Generator<void> {
  const reader = new RuleReader(sceneOf(table));
  for (const chain of table.chains) {
    const walls: Wall[] = [];
    let number = 0;
    for (const rule of table.rules(chain)) {
      number++;
      if ((number & 7) === 0) yield;
      const conditions = reader.conditions(rule),
        cube = cubeOf(conditions);
      if (!cube) {
        const reason = "what it asks for excludes each other";
        report({ kind: "never-matches", chain, number, rule, reason, remedy: "delete it, or correct it" });
        continue;
      }
      const wall = walls.find((one) => covers(one, cube, table.family));
      if (wall)
        report({
          kind: "shadowed",
          chain,
          number,
          rule,
          because: wall.number,
          reason: `rule ${wall.number} decides about every packet that it could match`,
          remedy: `delete it, or move it before rule ${wall.number}`,
        });
      else if (isPlain(conditions) && decides(rule, table.family)) {
        walls.push({ number, cube });
        walls.sort((a, b) => a.cube.size - b.cube.size);
        if (walls.length > MOST_WALLS) walls.pop();
      }
    }
  }
}
