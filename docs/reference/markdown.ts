import { basename } from "node:path";
import type { Example } from "./examples.ts";
import type { Content, Field, Variant } from "./fields.ts";
import type { PublicFunction } from "./functions.ts";
import { choiceKey, type FieldProofs, unproven, variantKey } from "./proofs.ts";
import type { Docstring } from "./public-names.ts";

/** One field as a section of its own, with everything that it holds in tables. */
export function fieldSection(
  field: Field,
  { prefix, proofs, example }: { prefix: string; proofs: FieldProofs; example?: Example | undefined },
): string {
  const key = prefix + field.name;
  return [
    `### ${field.name}`,
    paragraphs(field.doc.text),
    `${typeText(field.content)}${field.optional ? ", optional" : ""} · ${proofText(key, field.content, proofs)}`,
    exampleText(field, example),
    ...tables(field.content, key, field.name, proofs),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function exampleText({ doc }: Field, example: Example | undefined): string {
  if (!example) return doc.examples.map((text) => exampleBlock(text)).join("\n\n");
  const { file, text } = example;
  return `${exampleBlock(text, basename(file, ".ts"))}\n\n[${file}](../${file})`;
}

/** test/docs/examples.test.ts completes what is marked so to a service, and renders it. */
function exampleBlock(text: string, service = "a service"): string {
  return [`<!-- fields of ${service} -->`, "```ts", text, "```"].join("\n");
}

/** The fields within a field: one table, or one for each choice of a union. */
function tables(content: Content, key: string, path: string, proofs: FieldProofs): string[] {
  if (content.kind === "list") return tables(content.of, `${key}[]`, `${path}[]`, proofs);
  if (content.kind === "function") return tables(content.of, key, path, proofs);
  if (content.kind === "record") return tables(content.of, `${key}.<name>`, `${path}.<name>`, proofs);
  if (content.kind === "object") return [table(rows(content.fields, `${key}.`, `${path}.`, proofs))];
  if (content.kind !== "union") return [];
  return content.variants.flatMap((variant) => [
    variantHeading(path, variant, proofs.get(variantKey(key, variant.kind))?.level ?? unproven),
    table(rows(variant.fields, `${variantKey(key, variant.kind)}.`, `${path}.`, proofs)),
  ]);
}

function variantHeading(path: string, { kind, doc }: Variant, proof: string): string {
  return `**\`${path}.kind: ${kind}\`** · ${proof}\n\n${paragraphs(doc.text)}`;
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly text: string;
  readonly proof: string;
}

/** Every field below, each under its whole path. */
function rows(fields: readonly Field[], prefix: string, path: string, proofs: FieldProofs): Row[] {
  return fields.flatMap(({ name, optional, doc, content }) => [
    {
      path: path + name,
      type: `${typeText(content)}${optional ? ", optional" : ""}`,
      text: doc.text,
      proof: proofText(prefix + name, content, proofs),
    },
    ...rowsWithin(content, prefix + name, path + name, proofs),
  ]);
}

function rowsWithin(content: Content, key: string, path: string, proofs: FieldProofs): Row[] {
  if (content.kind === "list") return rowsWithin(content.of, `${key}[]`, `${path}[]`, proofs);
  if (content.kind === "record") return rowsWithin(content.of, `${key}.<name>`, `${path}.<name>`, proofs);
  if (content.kind === "object") return rows(content.fields, `${key}.`, `${path}.`, proofs);
  if (content.kind !== "union") return [];
  return content.variants.flatMap(({ kind, doc, fields }) => [
    {
      path: `${path}.kind: ${kind}`,
      type: "",
      text: doc.text,
      proof: proofs.get(variantKey(key, kind))?.level ?? unproven,
    },
    ...rows(fields, `${variantKey(key, kind)}.`, `${path}.`, proofs),
  ]);
}

function table(all: readonly Row[]): string {
  if (all.length === 0) return "";
  const lines = all.map(
    ({ path, type, text, proof }) =>
      `| \`${path}\`${type && `<br>${type.replaceAll("|", "\\|")}`} | ${cell(text)} | ${proof} |`,
  );
  return ["| field | what it does | proven |", "|---|---|---|", ...lines].join("\n");
}

/** The level, with the services that are deployed with it; where a value may be one of several, each has its own. */
function proofText(key: string, content: Content, proofs: FieldProofs): string {
  const proof = proofs.get(key);
  if (proof === undefined) return unproven;
  const services = proof.services.slice(0, 3).map((name) => `\`${name}\``);
  const by = proof.level.startsWith("run") && services.length > 0 ? ` (${services.join(", ")})` : "";
  if (content.kind !== "choices" || content.choices.length === 1) return proof.level + by;
  return content.choices
    .map((choice) => `\`${choice}\` ${proofs.get(choiceKey(key, choice))?.level ?? unproven}`)
    .join("; ");
}

/** A type as one reads it aloud. */
function typeText(content: Content): string {
  if (content.kind === "value") return `\`${content.type}\``;
  if (content.kind === "choices") return content.choices.map((choice) => `\`${choice}\``).join(" or ");
  if (content.kind === "list") return `list of ${typeText(content.of)}`;
  if (content.kind === "function") return `function that returns a ${typeText(content.of)}`;
  if (content.kind === "record") return `${typeText(content.of)} by name`;
  if (content.kind === "object") return content.type ? `\`${content.type}\`` : "`{ … }`";
  return content.variants.map(({ kind }) => `\`${kind}\``).join(" or ");
}

/** A function or a class, how it is called and what it throws. */
export function functionSection({ name, signature, doc, proof, fields }: PublicFunction): string {
  return [
    `### ${name}`,
    ["```text", signature, "```"].join("\n"),
    paragraphs(doc.text),
    ...doc.throws.map((text) => `Throws \`${text.replace(" ", "` ")}`),
    proof ?? unproven,
    ...doc.examples.map((text) =>
      /^(export|import|const) /.test(text) ? ["```ts", text, "```"].join("\n") : exampleBlock(text),
    ),
    heldTable(fields),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What comes out of the kit, or stands beside what goes in. */
export function nameSection(name: string, doc: Docstring, fields: readonly Field[]): string {
  return [`### ${name}`, paragraphs(doc.text), heldTable(fields)].filter(Boolean).join("\n\n");
}

function heldTable(fields: readonly Field[]): string {
  if (fields.length === 0) return "";
  const lines = fields.map(
    ({ name, doc, content }) => `| \`${name}\`<br>${typeText(content)} | ${cell(doc.text)} |`,
  );
  return ["| field | what it holds |", "|---|---|", ...lines].join("\n");
}

// Where upstream documents the field, on a line of its own in the docstring.
const upstream = /^[A-Z0-9][\w ]+: \[/;

function paragraphs(text: string): string {
  return text.replaceAll(/\n(?=[A-Z0-9][\w ]+: \[)/g, "\n\n");
}

function cell(text: string): string {
  const lines = text.split("\n").map((line) => (upstream.test(line) ? `<br>${line}` : ` ${line}`));
  return lines.join("").trim().replaceAll("|", "\\|");
}
