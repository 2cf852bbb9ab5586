import {
  describeRule,
  type Firewall,
  type Policy,
  RampartError,
  type Rule,
  systemNames,
  type Table,
  toCount,
} from "../index.js";
import { type CommandLine, commandLine } from "./command-line.js";
import type { Io } from "./io.js";
import { list } from "./list.js";
import { type Request, readRequest } from "./request.js";
import { rulesOf } from "./rule-words.js";
import { patiently, withFirewall } from "./session.js";

/** One command of the iptables vocabulary: `-A`, `-L` and so on. */
export async function runIptables(args: readonly string[], io: Io): Promise<number> {
  const line = commandLine(args),
    request = readRequest(line);
  await withFirewall(request.family, request.netns, async (firewall) => {
    if (request.verb === "L" || request.verb === "S") {
      const table = await firewall.read(request.table);
      await list(table, request, io);
      if (request.alsoZero) await change(firewall, { ...request, verb: "Z", verbose: false }, line, io);
    } else await change(firewall, request, line, io);
  });
  return 0;
}

async function change(firewall: Firewall, request: Request, line: CommandLine, io: Io): Promise<void> {
  const names = await systemNames();
  let said: readonly string[] = [];
  const edit = (table: Table): Table | undefined => {
    const rules = takesRule(request) ? rulesOf(request, table, names, line) : [];
    said = request.verbose ? saying(request, table, rules) : [];
    const next = edited(request, table, rules, line);
    return next === table ? undefined : next;
  };
  try {
    if (request.verb === "C") edit(await firewall.read(request.table));
    else await patiently(io, request.wait, (options) => firewall.transaction(request.table, edit, options));
  } finally {
    // As with iptables, what was tried is said even where it was refused.
    for (const one of said) await io.write(`${one}\n`);
  }
}

const takesRule = ({ verb, number }: Request): boolean =>
  "AIRC".includes(verb) || (verb === "D" && number === undefined);

/** The table as the command leaves it. */
function edited(request: Request, table: Table, rules: readonly Rule[], line: CommandLine): Table {
  const { verb, chain = "", number, second = "" } = request;
  switch (verb) {
    case "A":
      return table.append(chain, ...rules);
    case "I":
      return table.insert(chain, number ?? 1, ...rules);
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
      return table.newChain(chain);
    case "E":
      return table.renameChain(chain, second);
    case "X":
      return table.deleteChain(request.chain);
    case "P":
      return setPolicy(request, table, line);
    case "F":
      return table.flush(request.chain);
    case "Z":
      return table.zero(request.chain, number);
    case "L":
    case "S":
      return table;
  }
}

/** Says what is done, in iptables' words, for `-v`. */
function saying({ verb, chain, number, family }: Request, table: Table, rules: readonly Rule[]): string[] {
  if (verb === "A" || verb === "I" || verb === "R" || verb === "D" || verb === "C")
    return rules.map((rule) => describeRule(rule, family));
  if (number !== undefined) return [];
  const verbs: Partial<Record<Request["verb"], string>> = { F: "Flushing", X: "Deleting", Z: "Zeroing" };
  const doing = verbs[verb],
    all = verb === "X" ? table.chains.filter((name) => !table.isBuiltIn(name)) : table.chains;
  return doing === undefined
    ? []
    : (chain === undefined ? all : [chain]).map((name) => `${doing} chain \`${name}'`);
}

function setPolicy(request: Request, table: Table, line: CommandLine): Table {
  const { chain = "", second = "", rule } = request;
  if (table.name === "nat" && second === "DROP" && table.isBuiltIn(chain))
    line.refuse(
      "the nat table is not meant for filtering: DROP belongs into the filter table",
      line.words.length - 1,
    );
  const [, packets, bytes] = rule.map(({ word }) => word);
  if (packets === undefined || bytes === undefined) return table.policy(chain, second as Policy);
  const count = (word: string) =>
    /^\d+$/.test(word) ? toCount(BigInt(word)) : line.refuse("-c needs two numbers", rule[1]!.index);
  return table.policy(chain, second as Policy, { packets: count(packets), bytes: count(bytes) });
}
