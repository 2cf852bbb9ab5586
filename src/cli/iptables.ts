import {
  type CommandHead,
  checkNewChain,
  commandRules,
  describeRule,
  type Firewall,
  type Names,
  type Policy,
  RampartError,
  type Rule,
  systemNames,
  type Table,
} from "../index.js";
import { type CommandLine, commandLine } from "./command-line.js";
import type { Io } from "./io.js";
import { list } from "./list.js";
import { type Request, readRequest } from "./request.js";
import { patiently, withFirewall } from "./session.js";

/** One command of the iptables vocabulary: `-A`, `-L` and so on. */
export async function runIptables(args: readonly string[], io: Io): Promise<number> {
  const line = commandLine(args),
    request = readRequest(line),
    { head } = request;
  await withFirewall(request.family, request.where, async (firewall) => {
    if (head.verb !== "L" && head.verb !== "S") return change(firewall, request, line, io);
    await list(await firewall.read(request.table), request, io);
    if (head.alsoZero) await zeroToo(firewall, request, line, io);
  });
  return 0;
}

/** `-Z` beside `-L` or `-S`. Of one rule nothing is said, as nothing is by iptables. */
function zeroToo(firewall: Firewall, request: Request, line: CommandLine, io: Io): Promise<void> {
  const { head, verbose } = request,
    whole = head.alsoZero === "chain";
  const zero = { ...head, verb: "Z" as const, number: whole ? undefined : head.number };
  return change(firewall, { ...request, head: zero, verbose: verbose && whole }, line, io);
}

async function change(firewall: Firewall, request: Request, line: CommandLine, io: Io): Promise<void> {
  const names = await systemNames();
  let said: readonly string[] = [];
  const edit = (table: Table): Table | undefined => {
    const rules = takesRule(request.head) ? rulesOf(request, table, names, line) : [];
    said = request.verbose ? saying(request, table, rules) : [];
    const next = edited(request.head, table, rules, line);
    return next === table ? undefined : next;
  };
  try {
    if (request.head.verb === "C") edit(await firewall.read(request.table));
    else
      await patiently(io, request, (options) =>
        firewall.transaction(request.table, edit, { ...options, rules: "on-demand" }),
      );
  } finally {
    // As with iptables, what was tried is said even where it was refused.
    for (const one of said) await io.write(`${one}\n`);
  }
}

const takesRule = ({ verb, number }: CommandHead): boolean =>
  "AIRC".includes(verb) || (verb === "D" && number === undefined);

/** The rules that the words make: several where an option lists addresses. Throws `syntax`, pointing at the word. */
export function rulesOf(
  { head, family, profile }: Request,
  table: Table,
  names: Names,
  line: CommandLine,
): readonly Rule[] {
  const hasChain = (name: string): boolean => table.has(name);
  return commandRules(
    head,
    line.words.length,
    { family, names, profile, table: table.name, hasChain },
    line.refuse,
  );
}

/** The table as the command leaves it. */
function edited(head: CommandHead, table: Table, rules: readonly Rule[], line: CommandLine): Table {
  const { verb, number, second } = head,
    chain = head.chain?.word ?? "",
    optional = head.chain?.word;
  switch (verb) {
    case "A":
      return table.append(chain, ...rules);
    case "I":
      // One after the other at the same number, as iptables does it: the last comes first.
      return table.insert(chain, number ?? 1, ...rules.toReversed());
    case "R":
      return table.replace(chain, number ?? 0, rules[0]!);
    case "D":
      if (number !== undefined) return table.delete(chain, number);
      return table.edit((draft) => {
        for (const rule of rules) draft.delete(chain, rule);
      });
    case "C":
      for (const rule of rules)
        if (!table.check(chain, rule)) throw new RampartError("no-such-rule", { table: table.name, chain });
      return table;
    case "N":
      checkNewChain(chain);
      return table.newChain(chain);
    case "E":
      checkNewChain(second!.word);
      return table.renameChain(chain, second!.word);
    case "X":
      return table.deleteChain(optional);
    case "P":
      return setPolicy(head, table, line);
    case "F":
      return table.flush(optional);
    case "Z":
      return table.zero(optional, number);
    case "L":
    case "S":
      return table;
  }
}

/** Says what is done, in iptables' words, for `-v`. */
function saying({ head, family }: Request, table: Table, rules: readonly Rule[]): string[] {
  const { verb, number } = head,
    chain = head.chain?.word;
  if (verb === "A" || verb === "I" || verb === "R" || verb === "D" || verb === "C")
    return rules.map((rule) => describeRule(rule, family));
  if (number !== undefined) return [];
  const verbs: Partial<Record<CommandHead["verb"], string>> = { F: "Flushing", X: "Deleting", Z: "Zeroing" };
  const doing = verbs[verb],
    all = verb === "X" ? table.chains.filter((name) => !table.isBuiltIn(name)) : table.chains;
  return doing === undefined
    ? []
    : (chain === undefined ? all : [chain]).map((name) => `${doing} chain \`${name}'`);
}

function setPolicy({ chain, second, counters }: CommandHead, table: Table, line: CommandLine): Table {
  const { word: name } = chain!,
    { word: policy, index } = second!;
  if (table.name === "nat" && policy === "DROP")
    line.refuse("the nat table is not meant for filtering: DROP belongs into the filter table", index);
  return table.policy(name, policy as Policy, counters);
}
