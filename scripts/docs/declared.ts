import ts from "typescript";

/** What the source says of one option: its docstring, and the type of its value. */
export interface DeclaredOption {
  readonly doc: string;
  readonly type: string;
}
/** What the source says of a match or a target. */
export interface Declared {
  /** The factory's name: `setMark`. */
  readonly factory: string;
  readonly doc: string;
  /** The `@example` of the docstring. */
  readonly example: string;
  readonly options: ReadonlyMap<string, DeclaredOption>;
}
/** An interface that some option's value has. */
export interface Shape {
  readonly doc: string;
  readonly fields: ReadonlyMap<string, DeclaredOption>;
}
export interface Declarations {
  readonly match: readonly Declared[];
  readonly target: readonly Declared[];
  readonly shapes: ReadonlyMap<string, Shape>;
}

const COMPILER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  types: [],
};

/** Reads docstrings and types as the compiler sees them, so that options of a shared object bring theirs along. */
export function readDeclarations(root: string): Declarations {
  const paths = ["matches", "targets"].map((folder) => `${root}/src/extensions/${folder}/index.ts`),
    program = ts.createProgram(paths, COMPILER),
    checker = program.getTypeChecker(),
    shapes = new Map<string, Shape>();

  const docOf = (symbol: ts.Symbol): string =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ").trim();
  const typeOf = (symbol: ts.Symbol): ts.Type => checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  /** Aliases and unions spelled out, `!` left to the words, interfaces by their name. */
  function shown(type: ts.Type): string {
    if (type.isUnion()) {
      const plain = type.types.filter((one) => one.symbol?.name !== "Not");
      return [...new Set(plain.map(shown))].join(" | ");
    }
    if (checker.isArrayType(type)) {
      const of = shown(checker.getTypeArguments(type as ts.TypeReference)[0]!);
      return of.includes(" ") ? `(${of})[]` : `${of}[]`;
    }
    if (type.isClassOrInterface()) noteShape(type);
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation).replaceAll("readonly ", "");
  }
  function noteShape(type: ts.InterfaceType): void {
    const { name } = type.symbol;
    if (shapes.has(name)) return;
    // Before its fields: one of them may have the same shape.
    const fields = new Map<string, DeclaredOption>();
    shapes.set(name, { doc: docOf(type.symbol), fields });
    for (const field of type.getProperties())
      fields.set(field.name, { doc: docOf(field), type: shown(typeOf(field)) });
  }
  function declared(exported: ts.Symbol): Declared {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported,
      [call] = checker.getTypeOfSymbol(symbol).getCallSignatures(),
      options = typeOf(call!.parameters[0]!).getProperties(),
      tag = symbol.getJsDocTags(checker).find(({ name }) => name === "example");
    return {
      factory: exported.name,
      doc: docOf(symbol),
      example: ts.displayPartsToString(tag?.text).replace(/\s+/g, " ").trim(),
      options: new Map(options.map((one) => [one.name, { doc: docOf(one), type: shown(typeOf(one)) }])),
    };
  }
  const exportsOf = (path: string): readonly ts.Symbol[] =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)!)!);
  const [match = [], target = []] = paths.map((path) => exportsOf(path).map(declared));
  return { match, target, shapes };
}
