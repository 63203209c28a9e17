import { proofs } from "../../test/proofs.ts";
import { examplesOfServices } from "./examples.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { functionsOf } from "./functions.ts";
import { fieldSection, functionSection, nameSection } from "./markdown.ts";
import { fieldProofs } from "./proofs.ts";
import { checker, docstring, type PublicName, publicNames } from "./public-names.ts";

/** The whole field reference as Markdown. */
export function reference(executed: ReadonlySet<string>): string {
  const names = publicNames();
  const met = new Set<string>();
  const description = fieldsOfInterface(names, "ServiceDescription", met);
  const environment = fieldsOfInterface(names, "Environment", met);
  const external = fieldsOfInterface(names, "ExternalDescription", met);
  const functions = functionsOf(names, executed);
  const others = names.filter(
    ({ name, isForeign }) => !isForeign && !met.has(name) && !functions.some((one) => one.name === name),
  );
  const proven = fieldProofs({ description, environment, external });
  const examples = examplesOfServices();
  return [
    introduction(),
    "## A service",
    `What a team writes: \`service("order", { … })\`. ${links(description)}`,
    ...description.map((field) =>
      fieldSection(field, { prefix: "", proofs: proven, example: examples.get(field.name) }),
    ),
    "## An environment",
    `What a platform engineer writes in \`stacks/environments.ts\`. ${links(environment)}`,
    ...environment.map((field) => fieldSection(field, { prefix: "environment.", proofs: proven })),
    "## An external service",
    `What a team writes of an API that the shop does not run: \`external("card-network", { … })\`. ${external.map(({ name }) => `\`${name}\``).join(" · ")}`,
    ...external.map((field) => fieldSection(field, { prefix: "external.", proofs: proven })),
    "## Functions",
    ...functions.map(functionSection),
    "## What comes out",
    ...others.map(({ name, symbol }) => nameSection(name, docstring(symbol), shallowFields(symbol))),
    "## Units and operations",
    units(names),
    "",
  ].join("\n\n");
}

function links(fields: readonly Field[]): string {
  return fields.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(" · ");
}

function introduction(): string {
  const levels = proofs.map(
    ({ level, meaning, test }) => `- **${level}**: ${meaning} ([${test}](../${test})).`,
  );
  return [
    "<!-- Written by `npm run docs` from the docstrings and the tests; change those. -->",
    "",
    "# Field reference",
    "",
    "Every field that can be written, what happens when it is left out, where upstream documents it, and how far it is",
    "proven. The proofs are no opinion: they are taken from the descriptions and environments that the tests use",
    "([why so](decisions/0008-proofs-from-the-tests-own-data.md)).",
    "",
    ...levels,
  ].join("\n");
}

function fieldsOfInterface(names: readonly PublicName[], wanted: string, met: Set<string>): readonly Field[] {
  const found = names.find(({ name }) => name === wanted);
  if (!found) throw new Error(`constructs/index.ts lists no ${wanted}; the reference begins there`);
  met.add(wanted);
  return fieldsOf(checker.getDeclaredTypeOfSymbol(found.symbol), met);
}

/** The fields of what comes out, and not what they hold in turn. */
function shallowFields(symbol: PublicName["symbol"]): readonly Field[] {
  const isInterface = symbol.declarations?.some((one) => one.getText().startsWith("export interface"));
  return isInterface ? fieldsOf(checker.getDeclaredTypeOfSymbol(symbol), new Set()) : [];
}

function units(names: readonly PublicName[]): string {
  const foreign = names.filter(({ isForeign }) => isForeign).map(({ name }) => `\`${name}\``);
  return `${foreign.join(", ")} come from cdk8s and are documented there: https://cdk8s.io/docs/latest/reference/`;
}
