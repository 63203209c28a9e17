import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import ts from "typescript";
import type { Path } from "./path.ts";
import type { Place } from "./recorder.ts";
import { plain, sourceOf } from "./sources.ts";

const model = join(import.meta.dirname, "../../../constructs/model");

/** What the docstring of a field says, and where it stands. */
export interface Documentation {
  readonly text: string;
  readonly place: Place;
}

/** The documentation of an input: of a field of a description, or of an environment. */
export function documentationOf([root, ...path]: Path): Documentation | undefined {
  const [type, names] =
    root === "environment" ? ["Environment", path] : ["ServiceDescription", path.slice(2)];
  return documentation(
    type as string,
    (names as Path).filter((step) => typeof step === "string"),
  );
}

function documentation(type: string, names: readonly string[]): Documentation | undefined {
  let [types, found]: [string[], ts.PropertySignature | undefined] = [[type], undefined];
  for (const name of names) {
    const members = types.flatMap(membersOf).filter((member) => member.name.getText() === name);
    // The names of a record's entries are the writer's own: its values are what the type says.
    if (members.length === 0) continue;
    found = members[0];
    types = members.flatMap(({ type }) => (type ? namesIn(type) : []));
  }
  if (!found) return undefined;
  return { text: docstring(found), place: { file: found.getSourceFile().fileName, start: found.getStart() } };
}

function docstring(node: ts.Node): string {
  const { text } = node.getSourceFile();
  const comment = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1);
  return comment ? plain(text.slice(comment.pos, comment.end)) : "";
}

/** The fields of an interface, or of those that a type names. */
function membersOf(name: string): ts.PropertySignature[] {
  const declaration = declarations().get(name);
  if (!declaration) return [];
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members.filter(ts.isPropertySignature);
  return namesIn(declaration.type)
    .filter((inner) => inner !== name)
    .flatMap(membersOf);
}

/** The types that a type speaks of: `Migrations` of `Readonly<Record<string, Migrations>>`. */
function namesIn(type: ts.TypeNode): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isTypeReferenceNode(node)) names.push(node.typeName.getText());
    ts.forEachChild(node, visit);
  };
  visit(type);
  return names;
}

type TypeDeclaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

let known: Map<string, TypeDeclaration> | undefined;

/** The types of the model by their names. A package holds them in declarations beside its JavaScript. */
function declarations(): Map<string, TypeDeclaration> {
  known ??= new Map(
    readdirSync(model)
      .map((file) => join(model, file))
      .filter((file) =>
        extname(import.meta.filename) === ".js" ? file.endsWith(".d.ts") : file.endsWith(".ts"),
      )
      .flatMap((file) => [...sourceOf(file).statements])
      .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      .map((declaration) => [declaration.name.text, declaration]),
  );
  return known;
}
