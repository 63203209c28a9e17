import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");
const index = join(root, "constructs/index.ts");

const program = ts.createProgram([index], {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
});

export const checker = program.getTypeChecker();

/** A name that constructs/index.ts lists, with what it stands for. */
export interface PublicName {
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Whether it comes from a library, and is documented there. */
  readonly isForeign: boolean;
}

/** Every public name, in the order of the alphabet. */
export function publicNames(): readonly PublicName[] {
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${index} exports nothing; list the public names there`);
  return checker
    .getExportsOfModule(module)
    .map((exported) => {
      const symbol = checker.getAliasedSymbol(exported);
      return { name: exported.name, symbol, isForeign: isForeign(symbol) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export function isForeign({ declarations = [] }: ts.Symbol): boolean {
  return declarations.every((one) => one.getSourceFile().fileName.includes("/node_modules/"));
}

/** What a docstring says, and its tags. */
export interface Docstring {
  readonly text: string;
  readonly examples: readonly string[];
  readonly throws: readonly string[];
}

export function docstring(symbol: ts.Symbol | undefined): Docstring {
  if (symbol === undefined) return { text: "", examples: [], throws: [] };
  const tags = symbol.getJsDocTags(checker);
  const texts = (tag: string) =>
    tags.filter(({ name }) => name === tag).map(({ text }) => ts.displayPartsToString(text));
  return {
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    examples: texts("example"),
    throws: texts("throws"),
  };
}
