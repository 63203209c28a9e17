import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import ts from "typescript";
import { type Content, type Field, fieldsOf } from "../../docs/reference/fields.ts";
import { fieldSection } from "../../docs/reference/markdown.ts";
import { fieldProofs, unproven } from "../../docs/reference/proofs.ts";
import { checker, docstring, type PublicName, publicNames } from "../../docs/reference/public-names.ts";

const root = join(import.meta.dirname, "../..");
const committed = readFileSync(join(root, "docs/reference.md"), "utf8");
const own = publicNames().filter(({ isForeign }) => !isForeign);
const description = written("ServiceDescription");
const environment = written("Environment");
const external = written("ExternalDescription");
const fields = [...description, ...environment, ...external].flatMap((field) => all(field, ""));

function written(name: string): readonly Field[] {
  return shallow(own.find((one) => one.name === name) as PublicName);
}

function shallow({ symbol }: PublicName): readonly Field[] {
  return fieldsOf(checker.getDeclaredTypeOfSymbol(symbol), new Set());
}

interface Path extends Field {
  readonly path: string;
}

/** A field, and every field that it holds. */
function all(field: Field, prefix: string): Path[] {
  const path = prefix + field.name;
  return [{ ...field, path }, ...held(field.content).flatMap((inner) => all(inner, `${path}.`))];
}

function held(content: Content): readonly Field[] {
  if (content.kind === "object") return content.fields;
  if (content.kind === "union") return content.variants.flatMap(({ fields: inner }) => inner);
  return "of" in content ? held(content.of) : [];
}

function paths(found: readonly Path[]): string[] {
  return found.map(({ path }) => path);
}

test("the committed reference is what the docstrings and the tests give", async () => {
  const { stdout } = await execa(process.execPath, ["docs/reference/write.ts", "--print"], { cwd: root });
  // Else: npm run docs
  expect(`${stdout}\n`).toBe(committed);
});

test("every field is proven by some test", () => {
  expect(committed.split("\n").filter((line) => line.includes(unproven))).toEqual([]);
});

const invented: Field = {
  name: "invented",
  optional: true,
  doc: docstring(undefined),
  content: { kind: "value", type: "string" },
};
const proofs = fieldProofs({ description: [invented, ...description], environment, external });

test("a field that no test sets would be told as such", () => {
  expect(fieldSection(invented, { prefix: "", proofs })).toContain(unproven);
  expect(proofs.get("owner")?.level).toBe("run on the local cluster");
});

test("what dev replaces by a size of its own does not count as run there", () => {
  const described = { level: "run on the local cluster", services: expect.arrayContaining(["order"]) };
  expect(proofs.get('scaling{"autoscaled"}.max')).toEqual(described);
  expect(proofs.get('scaling{"autoscaled"}.cpu')?.level).toBe("accepted by a real API server");
});

test("every public name of ours has a docstring, and stands in the reference", () => {
  expect(own.length).toBeGreaterThan(30);
  const silent = own.filter(({ symbol }) => docstring(symbol).text === "");
  expect(silent.map(({ name }) => name)).toEqual([]);
  const absent = own.filter(
    ({ name }) => !new RegExp(`\\b${name}\\b`).test(committed) && !isNamedByFields(name),
  );
  expect(absent.map(({ name }) => name)).toEqual([]);
});

/** A union stands in the reference by its choices, an interface by its fields, each under its path. */
function isNamedByFields(name: string): boolean {
  const symbol = (own.find((one) => one.name === name) as PublicName).symbol;
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .every((property) => fields.some((field) => field.name === property.name || property.name === "kind"));
}

test("every field of a public interface has a docstring, unless it says which choice of a union stands here", () => {
  expect(fields.length).toBeGreaterThan(50);
  const results = own
    .filter(({ symbol }) => (symbol.flags & ts.SymbolFlags.Interface) !== 0)
    .flatMap((name) => shallow(name).map((field) => ({ ...field, path: `${name.name}.${field.name}` })));
  expect(paths([...fields, ...results].filter(({ doc }) => doc.text === ""))).toEqual([]);
});

test("a field that may be left out says what happens then", () => {
  expect(paths(fields.filter(({ optional, doc }) => optional && !/\bOmitted: \S/.test(doc.text)))).toEqual(
    [],
  );
});

test("an amount says its range", () => {
  const amounts = fields.filter(
    ({ content }) => content.kind === "value" && ["number", "Duration", "Size", "Cpu"].includes(content.type),
  );
  expect(amounts.length).toBeGreaterThan(15);
  expect(paths(amounts.filter(({ doc }) => !/\d[\w.()\s]*\sto\s\d/.test(doc.text)))).toEqual([]);
});

test("an upstream field is linked", () => {
  const bare = fields.filter(({ doc }) => /\b(Kubernetes|Argo Rollouts): (?!\[)/.test(doc.text));
  expect(paths(bare)).toEqual([]);
});
