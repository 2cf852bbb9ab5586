import { readFileSync } from "node:fs";
import { commandLine } from "../../src/cli/command-line.js";
import { rulesOf } from "../../src/cli/iptables.js";
import { readRequest } from "../../src/cli/request.js";
import * as factories from "../../src/extensions/index.js";
import type { Policy } from "../../src/model/family.js";
import { builtInNames } from "../../src/model/names.js";
import type { Part, Rule } from "../../src/model/rule.js";
import { emptyTable, type Table } from "../../src/model/table.js";
import { printRule } from "../../src/text/print-rule.js";
import { literal, type Made } from "./examples.js";

/** The commands of a server's set-up, with which the command line is tested too. */
const COMMANDS = new URL("../../test/vectors/tutorial-commands.txt", import.meta.url);
const made = Object.entries(factories as unknown as Readonly<Record<string, Made>>);

/** What is no edit of a table. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["iptables -L", "for (const line of listTable(filter)) process.stdout.write(line);"],
  ["iptables -L -v", "for (const line of listTable(filter, { verbose: true })) process.stdout.write(line);"],
  ["iptables -S", "for (const line of rulesAsCommands(filter)) process.stdout.write(line);"],
  [
    "iptables-save > /etc/iptables/rules.v4",
    "const text = await firewall.save(); // writeRulesFile puts it on disk",
  ],
  ["iptables-restore < /etc/iptables/rules.v4", "await firewall.restore(text); // readRulesFile reads it"],
  ["iptables-restore -n < /etc/iptables/rules.v4", "await firewall.restore(text, { noflush: true });"],
]);

const partText = (part: Part, kind: Made["kind"]): string => {
  const [factory] = made.find(([, one]) => one.kind === kind && one.name === part.name)!;
  return `${factory}(${Object.keys(part.options).length === 0 ? "" : literal(part.options)})`;
};
function ruleLiteral({ matches, jump, ...rest }: Rule): string {
  const fields = Object.entries(rest).map(([key, value]) => `${key}: ${literal(value)}`);
  if (matches) fields.push(`matches: [${matches.map((part) => partText(part, "match")).join(", ")}]`);
  if (jump !== undefined)
    fields.push(`jump: ${typeof jump === "string" ? literal(jump) : partText(jump, "target")}`);
  return `{ ${fields.join(", ")} }`;
}
/** The edit that a command makes, as code; throws where the code does not make it. */
function edit(command: string, filter: Table): { readonly code: string; readonly after: Table } {
  const line = commandLine(command.split(" ").slice(1)),
    request = readRequest(line),
    { verb, chain, number, second } = request.head,
    name = chain!.word;
  if (verb === "P") {
    const policy = second!.word as Policy;
    return { code: `filter = filter.policy("${name}", "${policy}");`, after: filter.policy(name, policy) };
  }
  const [rule] = rulesOf(request, filter, builtInNames, line),
    place = verb === "I" ? `insert("${name}", ${number ?? 1}` : `append("${name}"`,
    text = `${place}, ${ruleLiteral(rule!)})`;
  const names = made.map(([factory]) => factory),
    after = new Function("filter", ...names, `return filter.${text}`)(
      filter,
      ...made.map(([, one]) => one),
    ) as Table,
    got = after.rules(name).at(verb === "I" ? (number ?? 1) - 1 : after.rules(name).length - 1)!;
  if (printRule(got) !== printRule(rule!)) throw new Error(`${command} is not ${text}`);
  return { code: `filter = filter.${text};`, after };
}

/** Every command of a server's set-up beside the call that does the same. */
export function fromIptables(): string {
  let filter = emptyTable("ipv4", "filter");
  const edits: string[] = [],
    others: string[] = [];
  for (const command of new Set(readFileSync(COMMANDS, "utf8").trim().split("\n"))) {
    const other = OTHERS.get(command);
    if (other !== undefined) {
      others.push(`// ${command}\n${other}`);
      continue;
    }
    const { code, after } = edit(command, filter);
    filter = after;
    edits.push(`// ${command}\n${code}`);
  }
  const used = made
    .map(([name]) => name)
    .filter((name) => edits.some((one) => new RegExp(`(?<![.\\w])${name}\\(`).test(one)));
  return `
# From iptables

A table is a value: edits make another one, and \`write\` sends it. So the commands become edits, and no packet ever meets half
of them. What iptables says in words, \`parseRule("-p tcp --dport ssh -j ACCEPT")\` takes as well.

\`\`\`ts
import { ${[...used, "listTable", "open", "rulesAsCommands"].sort((a, b) => a.localeCompare(b)).join(", ")} } from "rampart";

await using firewall = await open({ family: "ipv4" });
let { filter } = await firewall.read();

${edits.join("\n\n")}

await firewall.write(filter);

${others.join("\n\n")}
\`\`\`
`;
}
