import { readFileSync } from "node:fs";
import ts from "typescript";
import { code } from "./extension-pages.js";

const SOURCE = new URL("../../src/error-contexts.ts", import.meta.url);

const words = (text: string): string => text.replace(/\s+/g, " ").trim();

interface Field {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

/** Every code with what it means, what helps, and what its context carries. */
export function errorsPage(): string {
  const source = ts.createSourceFile(
      "contexts.ts",
      readFileSync(SOURCE, "utf8"),
      ts.ScriptTarget.ES2023,
      true,
    ),
    interfaces = new Map(
      source.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one] as const),
    );
  const nameOf = (member: ts.TypeElement): string =>
    ts.isStringLiteral(member.name!) ? member.name.text : member.name!.getText(source);
  const commentOf = (member: ts.Node): { text: string; remedy: string } => {
    const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc),
      remedy = doc?.tags?.find(({ tagName }) => tagName.text === "remedy");
    return {
      text: words(ts.getTextOfJSDocComment(doc?.comment) ?? ""),
      remedy: words(ts.getTextOfJSDocComment(remedy?.comment) ?? ""),
    };
  };
  const membersOf = (members: ts.NodeArray<ts.TypeElement>): Field[] =>
    members.filter(ts.isPropertySignature).map((member) => ({
      name: `${nameOf(member)}${member.questionToken ? "?" : ""}`,
      type: words(member.type!.getText(source)).replaceAll("readonly ", ""),
      doc: commentOf(member).text,
    }));
  /** Of `{ … } & Spot` the fields of the braces, and the names of what is joined to them. */
  function partsOf(type: ts.TypeNode): { fields: Field[]; others: string[] } {
    if (ts.isTypeLiteralNode(type)) return { fields: membersOf(type.members), others: [] };
    if (!ts.isIntersectionTypeNode(type)) return { fields: [], others: [words(type.getText(source))] };
    const parts = type.types.map(partsOf);
    return { fields: parts.flatMap(({ fields }) => fields), others: parts.flatMap(({ others }) => others) };
  }
  const shown = ({ name, type, doc }: Field): string =>
    `- ${code(name)}: ${code(type)}${doc && `. ${doc}`}\n`;

  const codes = interfaces.get("ErrorContexts")!.members.filter(ts.isPropertySignature),
    shapes = [...interfaces.keys()].filter((name) => name !== "ErrorContexts");
  const sections = codes.map((member) => {
    const { text, remedy } = commentOf(member),
      { fields, others } = partsOf(member.type!),
      more =
        others.length > 0 ? `- and ${others.map((one) => `the fields of ${code(one)}`).join(", ")}\n` : "";
    if (!text || !remedy) throw new Error(`${nameOf(member)} is not explained in error-contexts.ts`);
    return `## ${nameOf(member)}\n\n${text}\n\n**What helps:** ${remedy}\n\n${fields.map(shown).join("")}${more}`;
  });
  const shared = shapes.map((name) => {
    const one = interfaces.get(name)!,
      { text } = commentOf(one);
    return `### ${name}\n\n${text && `${text}\n\n`}${membersOf(one.members).map(shown).join("")}`;
  });
  return `${HEAD}${sections.join("\n")}\n## What contexts share\n\n${shared.join("\n")}`;
}

const HEAD = `# Errors

Whatever goes wrong comes as one class, \`RampartError\`. Its \`code\` is one of those below and stays the same over versions;
its \`message\` is a sentence for people, with the place and what to do; its \`context\` has the facts, by the code's type.
\`JSON.stringify\` writes all three.

\`\`\`ts
import { isRampartError } from "rampart";

try {
  await firewall.write(next);
} catch (error) {
  if (isRampartError(error, "conflict")) console.log("somebody else was faster:", error.context.table);
  else if (isRampartError(error, "lockout")) console.log(error.context.endpoint, error.context.fix);
  else throw error;
}
\`\`\`

On the command line the sentence goes to standard error, with what to do below it. Exit statuses are iptables': 2 for what
was mistyped, 3 for what this kernel lacks or does not allow, 4 for what may work later, 1 for the rest; \`rampart check\`
and a write that would cut somebody off have 3, 4 and 5 ([safety.md](safety.md)).

`;
