import type { Extension } from "../../src/extensions/extension.js";
import * as factories from "../../src/extensions/index.js";
import { kebab } from "../../src/extensions/long-option.js";
import { FAMILIES } from "../../src/model/family.js";
import type { Declarations, Declared, Shape } from "./declared.js";
import { type Example, type Made, optionExamples, recordedParts, writtenExample } from "./examples.js";

/** Heads every page that is made. */
export const GENERATED = "<!-- Made by `npm run docs`: edit what it is made from. -->\n";

const cell = (text: string): string => text.replaceAll("|", "\\|");
export const code = (text: string): string => `\`${text}\``;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");

/** `-m conntrack`, IPv4 and IPv6, its struct and the revisions. */
function facts(extension: Extension): string {
  const families = FAMILIES.filter((family) => extension.revision(family) !== undefined);
  const structs = families.map((family) => {
    const name = { ipv4: "IPv4", ipv6: "IPv6" }[family],
      c = extension.struct(family)?.c,
      stored = c ? `${code(`struct ${c.name}`)} of ${code(c.header)}` : "no struct of a public header";
    return { name, text: `revision ${extension.revision(family)}, ${stored}` };
  });
  const [first, second] = structs,
    same = first && second && first.text === second.text;
  const lines = same ? [`IPv4 and IPv6: ${first.text}`] : structs.map(({ name, text }) => `${name}: ${text}`);
  const older = extension.others.flatMap((other) =>
    FAMILIES.flatMap((family) => other.revision(family) ?? []),
  );
  const read = [...new Set(older)].sort((a, b) => a - b);
  const others = read.length > 0 ? `; reads revision ${read.join(", ")} too` : "";
  const face = extension.wire !== extension.name ? `; to the kernel it is ${code(extension.wire)}` : "";
  return `${lines.join("; ")}${face}${others}.`;
}

function options(extension: Extension, { options: docs }: Declared): string {
  const rows = Object.entries(extension.specs).map(([key, spec]) => {
    const { doc, type } = docs.get(key)!,
      value = spec.optional ? " [VALUE]" : " VALUE".repeat(spec.words);
    return [
      code(key),
      code(`${spec.negatable || spec.fold ? "[!] " : ""}${kebab(key)}${value}`),
      code(type),
      doc,
    ];
  });
  return rows.length === 0 ? "" : `\n${table(["option", "in text", "value", "meaning"], rows)}`;
}

function aliases(extension: Extension): string {
  const said = Object.entries(extension.aliases).map(([alias, meaning]) =>
    typeof meaning === "function" ? code(alias) : `${code(alias)} for ${code(meaning.join(" "))}`,
  );
  return said.length === 0 ? "" : `\nIn text also ${said.join(", ")}.\n`;
}

const shownExamples = (examples: readonly Example[]): string =>
  `\n\`\`\`ts\n${examples.map(({ call, text }) => `${call}; // ${text}\n`).join("")}\`\`\`\n`;

function section(extension: Made, declared: Declared, recorded: ReturnType<typeof recordedParts>): string {
  const { factory, doc, example } = declared,
    first = writtenExample(extension, factory, example),
    others = optionExamples(extension, factory, recorded).filter(({ text }) => text !== first.text);
  return [
    `\n## ${extension.name}\n`,
    `\n${doc}\n`,
    `\n${facts(extension)}\n`,
    options(extension, declared),
    aliases(extension),
    shownExamples([first, ...others]),
  ].join("");
}

const shape = ([name, { doc, fields }]: [string, Shape]): string => {
  const rows = [...fields].map(([field, { type, doc: about }]) => [code(field), code(type), about]);
  return `\n### ${name}\n${doc === "" ? "" : `\n${doc}\n`}\n${table(["field", "value", "meaning"], rows)}`;
};

const INTRODUCTION = `# Extensions

Every match and target that iptables 1.8.9 has, as Rampart declares it: [matches](matches.md), [targets](targets.md).

A factory makes a part of a rule: \`tcp({ dport: 22 })\` is \`-m tcp --dport 22\`. Its options are iptables' long options in
camelCase. \`[!]\` before an option in text is \`{ not: value }\` as a value. An option without a value in text is \`true\`.
Values that cannot be are refused, by the compiler where a type can say it, else with the error \`invalid-value\`.

Each option has an example: a part that iptables itself took, from the rules that Rampart is measured by. All examples
were printed, parsed and encoded when this page was made.

## Values of several fields
`;

/** The pages by their paths. Throws where a docstring or an example is missing, and where an example is wrong. */
export function extensionPages({ match, target, shapes }: Declarations): ReadonlyMap<string, string> {
  const recorded = recordedParts();
  const page = (title: string, all: readonly Declared[]): string => {
    const sections = all
      .map((declared) => {
        const extension = made[declared.factory]!;
        documented(extension, declared);
        return { name: extension.name, text: section(extension, declared, recorded) };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const links = sections.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(" ");
    return `${GENERATED}\n# ${title}\n\n${links}\n${sections.map(({ text }) => text).join("")}`;
  };
  return new Map([
    ["docs/extensions.md", `${GENERATED}\n${INTRODUCTION}${[...shapes].map(shape).join("")}`],
    ["docs/matches.md", page("Matches", match)],
    ["docs/targets.md", page("Targets", target)],
  ]);
}
const made = factories as unknown as Readonly<Record<string, Made>>;

function documented(extension: Extension, { factory, doc, example, options: docs }: Declared): void {
  const missing = Object.keys(extension.specs).filter((key) => (docs.get(key)?.doc ?? "") === "");
  if (missing.length > 0) throw new Error(`${factory}: no docstring for ${missing.join(", ")}`);
  if (doc === "" || example === "") throw new Error(`${factory}: it needs a docstring with an @example`);
}
