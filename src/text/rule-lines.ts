import { isRampartError, type Place, RampartError, type Spot } from "../errors.js";
import type { TableName } from "../model/family.js";
import type { Command, TableSection } from "./commands.js";

/** What a chain's rules are before the text: how many, or none where it flushes. */
export type RulesBefore = (table: TableName, chain: string) => number;
type Line = number | undefined;

/**
 * In which line of a rules file the rule stands that is number `ruleNumber` of a chain when all of it is done. Undefined
 * for a rule that was there before, and where deletions by rule leave it open.
 */
export function lineOfRule(
  sections: readonly TableSection[],
  { table, chain, ruleNumber }: Omit<Spot, "family">,
  before: RulesBefore,
): Line {
  if (table === undefined || chain === undefined || ruleNumber === undefined) return undefined;
  const chains = new Map<string, Line[]>();
  const linesOf = (name: string): Line[] => {
    const known = chains.get(name) ?? Array<Line>(before(table as TableName, name)).fill(undefined);
    chains.set(name, known);
    return known;
  };
  for (const section of sections)
    if (section.table === table)
      for (const command of section.commands) if (!follow(command, chains, linesOf)) return undefined;
  return linesOf(chain)[ruleNumber - 1];
}

/** False where nobody can tell from the text what becomes of the lines. */
function follow(command: Command, chains: Map<string, Line[]>, linesOf: (name: string) => Line[]): boolean {
  switch (command.command) {
    case "append":
      for (const line of command.lines) linesOf(command.chain).push(line);
      return true;
    case "insert":
      linesOf(command.chain).splice(command.number - 1, 0, ...command.rules.map(() => command.line));
      return true;
    case "replace":
      linesOf(command.chain).splice(command.number - 1, 1, command.line);
      return true;
    case "delete":
      if (typeof command.rule !== "number") return false;
      linesOf(command.chain).splice(command.rule - 1, 1);
      return true;
    case "flush":
      for (const name of command.chain === undefined ? [...chains.keys()] : [command.chain])
        linesOf(name).length = 0;
      return true;
    case "rename-chain":
      chains.set(command.to, linesOf(command.chain));
      chains.set(command.chain, []);
      return true;
    default:
      return true;
  }
}

export interface RulesText {
  readonly sections: readonly TableSection[];
  readonly text: string;
  readonly file?: string | undefined;
  readonly before: RulesBefore;
}
/** The error about a rule that the kernel would not take, with the rule's place in the text it came from. */
export function placedInText(error: unknown, { sections, text, file, before }: RulesText): unknown {
  if (!isRampartError(error, "kernel") && !isRampartError(error, "no-such-object")) return error;
  const line = lineOfRule(sections, error.context, before);
  if (line === undefined) return error;
  const source = text.split("\n", line)[line - 1]!.trimEnd(),
    place: Place = { ...(file !== undefined && { file }), line, column: 1, length: source.length, source };
  return isRampartError(error, "kernel")
    ? new RampartError("kernel", { ...error.context, place }, { cause: error })
    : new RampartError("no-such-object", { ...error.context, place }, { cause: error });
}
