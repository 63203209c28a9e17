import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** A field as a service of the shop writes it. */
export interface Example {
  /** File of the service. */
  readonly file: string;
  readonly text: string;
}

/** For each field of a description, how the service that says most of itself writes it. */
export function examplesOfServices(): ReadonlyMap<string, Example> {
  const descriptions = readdirSync(join(root, "services"))
    .filter((name) => name.endsWith(".ts") && name !== "index.ts")
    .map((name) => describedFields(`services/${name}`))
    .sort((a, b) => a.length - b.length);
  return new Map(descriptions.flat());
}

function describedFields(file: string): [string, Example][] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.ES2023,
    true,
  );
  const found: [string, Example][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "service") {
      const [, description] = node.arguments;
      if (description && ts.isObjectLiteralExpression(description))
        for (const property of description.properties)
          found.push([property.name?.getText() ?? "", { file, text: dedented(property.getText()) }]);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The fields of a description are indented by one step. */
function dedented(text: string): string {
  return `${text.replaceAll(/\n {2}/g, "\n")},`;
}
