import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { DOCUMENTS, ROOT, read } from "./documents.js";

/** What a page has spoken of before, or leaves to its reader, where a sample does not make it itself. */
const KNOWN: Readonly<Record<string, string>> = {
  firewall: 'declare const firewall: import("rampart").Firewall;',
  filter: 'declare const filter: import("rampart").Table;',
  next: 'declare const next: import("rampart").Table;',
  rule: 'declare const rule: import("rampart").Rule;',
  signal: "declare const signal: AbortSignal;",
  tenThousandAddresses: "declare const tenThousandAddresses: readonly string[];",
};

interface Sample {
  readonly file: string;
  readonly text: string;
}
function samplesOf(page: string): readonly Sample[] {
  const text = read(page);
  return [...text.matchAll(/^( *)```ts\n(.*?)^ *```$/gms)].map(([block, pad = "", code = ""]) => {
    const line = text.slice(0, text.indexOf(block)).split("\n").length,
      body = code.replaceAll(new RegExp(`^${pad}`, "gm"), "");
    return { file: `${page.replaceAll("/", "-")}-${line}.ts`, text: body };
  });
}

/** The sample as a module: with what it is known to stand among, and the names of Rampart that it calls. */
function moduleOf(body: string, exported: ReadonlySet<string>): string {
  const made = new Set(
    [...body.matchAll(/\b(?:const|let|using|function|import) (?:\{([^}]*)\}|(\w+))/g)].flatMap(
      ([, many = "", one]) => [...many.split(",").map((name) => name.trim().split(":").at(-1)!.trim()), one],
    ),
  );
  const said = new Set(body.match(/\b[A-Za-z]\w*/g)),
    called = new Set([...body.matchAll(/(?<![.\w])([a-zA-Z]\w*)\(/g)].map(([, name = ""]) => name));
  const known = Object.entries(KNOWN).filter(([name]) => said.has(name) && !made.has(name)),
    imports = [...called].filter((name) => exported.has(name) && !made.has(name));
  return [
    body,
    ...known.map(([, declaration]) => declaration),
    ...(imports.length > 0 ? [`import { ${imports.join(", ")} } from "rampart";`] : []),
    "export {};",
  ].join("\n");
}

it("every TypeScript sample of the documentation compiles", () => {
  const samples = DOCUMENTS.flatMap(samplesOf),
    entry = join(ROOT, "src/index.ts");
  expect(samples.length).toBeGreaterThan(100);

  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const settings: ts.CompilerOptions = {
    ...options,
    noUnusedLocals: false,
    verbatimModuleSyntax: false,
    paths: { rampart: [entry], "rampart/pure": [join(ROOT, "src/pure.ts")] },
  };
  const host = ts.createCompilerHost(settings),
    exportsOf = (program: ts.Program): ReadonlySet<string> => {
      const checker = program.getTypeChecker(),
        module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
      return new Set(checker.getExportsOfModule(module).map(({ name }) => name));
    };
  const library = ts.createProgram([entry], settings, host),
    exported = exportsOf(library);
  const texts = new Map(
      samples.map(({ file, text }) => [join(ROOT, "docs", file), moduleOf(text, exported)]),
    ),
    { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, target, ...rest) =>
    texts.has(path)
      ? ts.createSourceFile(path, texts.get(path)!, target)
      : (library.getSourceFile(path) ?? getSourceFile.call(host, path, target, ...rest));
  const program = ts.createProgram([...texts.keys()], settings, host, library);
  const wrong = [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) =>
        `${path.slice(ROOT.length)}: ${file.text.slice(start).split("\n", 1)[0]}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
  expect(wrong).toEqual([]);
});
