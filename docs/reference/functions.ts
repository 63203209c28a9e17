import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { type Field, fieldsOf } from "./fields.ts";
import { checker, type Docstring, docstring, type PublicName } from "./public-names.ts";

const root = join(import.meta.dirname, "../..");

/** A function or class that the kit offers. */
export interface PublicFunction {
  readonly name: string;
  /** As one writes a call of it, with the types of its parameters. */
  readonly signature: string;
  readonly doc: Docstring;
  readonly proof: string | undefined;
  /** Of a class, what its instances hold besides what they inherit. */
  readonly fields: readonly Field[];
}

/** The functions and classes among the public names. `executed` is what ran while dev was rendered. */
export function functionsOf(names: readonly PublicName[], executed: ReadonlySet<string>): PublicFunction[] {
  return names
    .filter(({ isForeign }) => !isForeign)
    .flatMap(({ name, symbol }) => {
      const declaration = symbol.valueDeclaration;
      if (declaration === undefined) return [];
      const ran = executed.has(`${declaration.getSourceFile().fileName} ${name}`);
      const proof = ran ? "run on the local cluster" : testsOf(name);
      const fields = fieldsOfClass(symbol);
      return [{ name, signature: signature(name, declaration), doc: docstring(symbol), proof, fields }];
    });
}

function fieldsOfClass(symbol: ts.Symbol): readonly Field[] {
  if ((symbol.flags & ts.SymbolFlags.Class) === 0) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const own = new Set(symbol.members?.keys() as Iterable<string>);
  const isField = ({ name, content }: Field) =>
    own.has(name) && name !== "name" && content.kind !== "function";
  return fieldsOf(type, new Set()).filter(isField);
}

function signature(name: string, declaration: ts.Declaration): string {
  if (ts.isFunctionDeclaration(declaration)) {
    const { parameters, type } = declaration;
    return `${name}(${parameters.map(parameterText).join(", ")})${type ? `: ${type.getText()}` : ""}`;
  }
  if (!ts.isClassDeclaration(declaration)) throw new Error(`${name} is neither a function nor a class`);
  const parameters = declaration.members.find(ts.isConstructorDeclaration)?.parameters ?? [];
  return `new ${name}(${parameters.map(parameterText).join(", ")})`;
}

/** A parameter that has a default may be left out. */
function parameterText({ name, type, initializer, questionToken }: ts.ParameterDeclaration): string {
  const optional = initializer || questionToken ? "?" : "";
  return `${name.getText()}${optional}: ${type?.getText() ?? "unknown"}`.replace(/\s+/g, " ");
}

/** The tests that import a name from the kit's public names. */
function testsOf(name: string): string | undefined {
  const importing = new RegExp(`import [^;]*\\b${name}\\b[^;]*from "[./]+/constructs/index.ts";`);
  const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(root, "test", file))
    .filter((file) => importing.test(readFileSync(file, "utf8")))
    .map((file) => relative(root, file))
    .sort();
  return tests[0] && `tested: [${tests[0]}](../${tests[0]})`;
}
