import { inspect } from "node:util";
import { loadAll } from "js-yaml";
import { takenVariables } from "../admission.ts";
import {
  groupAndKind,
  isKubernetesObject,
  judgeBy,
  type KubernetesObject,
  offender,
  type Violation,
} from "../judgement/judge.ts";
import { type Match, type Rule, type Severity, severities } from "../rule.ts";
import { podKinds } from "../rules/pods.ts";
import { type Expectation, expressionProblems } from "./expressions.ts";

/** A rule, or what a file gives out as one, and the file that it stands in. */
export interface RuleFile {
  readonly file: string;
  readonly rule: unknown;
}

/** What is wrong with a rule. */
export interface RuleProblem {
  readonly file: string;
  /** The rule's id, empty when it has none. */
  readonly rule: string;
  /** Such as `validations[0].expression`. */
  readonly field: string;
  /** Where in the expression it is. */
  readonly place?: Place;
  /** What is wrong; and what to do. */
  readonly message: string;
}

/** A place in an expression. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The whole line. */
  readonly text: string;
}

/**
 * What keeps rules from the same verdict at all places, or from being told right: all of it at once. A rule that has none can be read
 * by the API server, evaluates here as it does there, and holds for its own manifests. `kit` are the rules beside which they stand.
 */
export function problemsOf(files: readonly RuleFile[], kit: readonly Rule[] = []): RuleProblem[] {
  return [...files.flatMap(problemsOfOne), ...sharedIds(files), ...kitsIds(files, kit)];
}

/** `policies/a.ts: a: validations[0].expression:1:8: …`, and beneath it the line with a mark under the place. */
export function describeProblem({ file, rule, field, place, message }: RuleProblem): string {
  const head = [file, ...(rule ? [rule] : []), field].join(": ");
  if (place === undefined) return `${head}: ${message}`;
  const { line, column, text } = place;
  return `${head}:${line}:${column}: ${message}\n    ${text}\n    ${" ".repeat(column - 1)}^`;
}

type Told = Omit<RuleProblem, "file" | "rule">;

function problemsOfOne({ file, rule }: RuleFile): RuleProblem[] {
  const inFile = (problem: Told): RuleProblem => ({ file, rule: idOf(rule), ...problem });
  const shape = shapeProblems(rule);
  if (shape.length > 0) return shape.map(inFile);
  const sound = rule as Rule;
  const expressions = expressionsOf(sound).flatMap((one) =>
    expressionProblems(one, sound).map(({ at, message }) => ({
      field: one.field,
      place: placeIn(one.expression, at),
      message,
    })),
  );
  // What cannot be evaluated holds for no manifest, and would be told twice.
  return [...expressions, ...(expressions.length > 0 ? [] : exampleProblems(sound))].map(inFile);
}

/** Every expression of a rule, with what it must yield. */
function expressionsOf({ variables = [], validations }: Rule): Expectation[] {
  return [
    ...variables.map(({ expression }, index) => ({
      field: `variables[${index}].expression`,
      expression,
      type: "dyn" as const,
      declared: variables.slice(0, index),
    })),
    ...validations.flatMap(({ expression, messageExpression }, index) => [
      { field: `validations[${index}].expression`, expression, type: "bool" as const, declared: variables },
      {
        field: `validations[${index}].messageExpression`,
        expression: messageExpression,
        type: "string" as const,
        declared: variables,
      },
    ]),
  ];
}

function placeIn(expression: string, at: number): Place {
  const before = expression.slice(0, at).split("\n");
  const line = before.length;
  const text = expression.split("\n")[line - 1] ?? "";
  return { line, column: (before.at(-1) ?? "").length + 1, text };
}

/** What the verdict, the pack, SARIF and JUnit call what is no rule. */
const takenIds: ReadonlySet<unknown> = new Set(["kind", "own-rules", "exemption-expired", "exemptions"]);

/** What the compiler holds of the kit's own rules; a shop's are loaded without it. */
function shapeProblems(rule: unknown): Told[] {
  if (!isRecord(rule))
    return [
      { field: "default export", message: "is no rule; export default { id, title, … } satisfies Rule" },
    ];
  const { id, severity, references, matchConstraints, variables = [], validations } = rule;
  const examples = isRecord(rule.examples) ? rule.examples : {};
  const { parameters = {} } = examples;
  return [
    ...wrong("id", isId(id), `${shown(id)} must be small letters, digits and dashes, at most 40; rename it`),
    ...wrong("id", !takenIds.has(id), `${shown(id)} is what reports call something else; rename it`),
    ...["title", "reason", "remedy"].flatMap((field) =>
      wrong(field, isText(rule[field]), "is missing or empty; say it in one sentence"),
    ),
    // It is what the API server says where a messageExpression gives nothing.
    ...wrong(
      "remedy",
      !isText(rule.remedy) || !/[\n\r]/.test(rule.remedy),
      "has several lines; say it in one",
    ),
    ...wrong(
      "severity",
      severities.includes(severity as Severity),
      `${shown(severity)} is none; use ${severities.join(", ")}`,
    ),
    ...wrong(
      "references",
      Array.isArray(references) && references.every(isReference),
      "must be a list, each with a title and a url of http or https; say where the rule comes from, or write []",
    ),
    ...wrong(
      "matchConstraints",
      isFilled(matchConstraints) && matchConstraints.every(namesKinds),
      "must each be an apiGroup without its version, such as apps, and kinds, such as Deployment, else no object is ever judged; name them",
    ),
    ...wrong(
      "matchConstraints",
      ![matchConstraints].flat().some(namesSecrets),
      "names Secret, which no rule reads: messages and audit logs are no place for it; judge what uses it",
    ),
    ...wrong(
      "variables",
      Array.isArray(variables) && variables.every((one) => areTexts(one, "name", "expression")),
      "must each have a name and an expression; give both",
    ),
    ...nameProblems(Array.isArray(variables) ? variables : []),
    ...wrong(
      "validations",
      isFilled(validations) && validations.every((one) => areTexts(one, "expression", "messageExpression")),
      "must be at least one, each with an expression and a messageExpression; give both",
    ),
    ...["pass", "fail"].flatMap((kind) =>
      wrong(
        `examples.${kind}`,
        isFilled(examples[kind]) && examples[kind].every(isText),
        `holds no manifest, so nothing shows that the rule ${kind === "pass" ? "lets anything pass" : "refuses anything"}; add one`,
      ),
    ),
    ...wrong(
      "examples.parameters",
      isRecord(parameters) && Object.values(parameters).every((value) => typeof value === "string"),
      "must be texts by name, as a ConfigMap holds them; put numbers in quotes",
    ),
  ];
}

/** The API server holds all variables of a policy under their names, those of the kit's exemptions among them. */
function nameProblems(variables: readonly unknown[]): Told[] {
  const names = variables.map((one) => (isRecord(one) && isText(one.name) ? one.name : ""));
  return names.flatMap((name, index) => [
    ...wrong(
      `variables[${index}].name`,
      /^[A-Za-z_]\w*$/.test(name) && !reserved.has(name),
      `${shown(name)} is no name in CEL; rename it`,
    ),
    ...wrong(
      `variables[${index}].name`,
      !takenVariables.has(name) && names.indexOf(name) === index,
      `${shown(name)} is taken, by ${takenVariables.has(name) ? "the kit" : "another variable"}; rename it`,
    ),
  ]);
}

/** https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
const reserved: ReadonlySet<string> = new Set([
  ...["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"],
  ...["import", "let", "loop", "package", "namespace", "return", "var", "void", "while"],
]);

function wrong(field: string, isRight: boolean, message: string): Told[] {
  return isRight ? [] : [{ field, message }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Empty where it has none. */
function idOf(rule: unknown): string {
  return isRecord(rule) && isText(rule.id) ? rule.id : "";
}

function isId(value: unknown): boolean {
  return typeof value === "string" && /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(value);
}

function areTexts(value: unknown, ...fields: readonly string[]): boolean {
  return isRecord(value) && fields.every((field) => isText(value[field]));
}

function isReference(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.title) || !isText(value.url)) return false;
  return /^https?:$/.test(URL.parse(value.url)?.protocol ?? "");
}

function namesKinds(match: unknown): boolean {
  return (
    isRecord(match) &&
    typeof match.apiGroup === "string" &&
    /^([a-z0-9.-]+)?$/.test(match.apiGroup) &&
    isFilled(match.kinds) &&
    match.kinds.every((kind) => typeof kind === "string" && /^[A-Z][A-Za-z0-9]*$/.test(kind))
  );
}

function namesSecrets(match: unknown): boolean {
  return isRecord(match) && match.apiGroup === "" && [match.kinds].flat().includes("Secret");
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 0 });
}

/** Whether the rule holds for its own manifests. */
function exampleProblems(rule: Rule): Told[] {
  const { pass, fail } = rule.examples;
  return [
    ...kindProblems(rule),
    ...pass.flatMap((stream, index) => streamProblems(rule, stream, `examples.pass[${index}]`)),
    ...fail.flatMap((stream, index) => [
      ...streamProblems(rule, stream, `examples.fail[${index}]`),
      ...wrong(
        `examples.fail[${index}]`,
        /^# expect: /m.test(stream),
        "says of no document what is reported; add a line `# expect: <message>` before it",
      ),
    ]),
    ...rule.validations.flatMap((validation, index) =>
      wrong(
        `validations[${index}]`,
        fail.some((stream) => refuses({ ...rule, validations: [validation] }, stream)),
        "is broken by no failing manifest, so nothing shows that it works; add one to examples.fail",
      ),
    ),
  ];
}

const known: ReadonlySet<string> = new Set(podKinds.flatMap(groupsAndKinds));

/** A kind that nobody shows may be misspelt, and of what there is not nobody is ever judged. */
function kindProblems({ matchConstraints, examples }: Rule): Told[] {
  const seen = new Set([...examples.pass, ...examples.fail].flatMap(objectsIn).map(groupAndKind));
  return matchConstraints
    .flatMap(groupsAndKinds)
    .filter((kind) => !known.has(kind) && !seen.has(kind))
    .map((kind) => ({
      field: "matchConstraints",
      message: `${kind.replace(/^\//, "")} is in no example, so nothing shows that there is such a kind; add one, or correct it`,
    }));
}

function groupsAndKinds({ apiGroup, kinds }: Match): string[] {
  return kinds.map((kind) => `${apiGroup}/${kind}`);
}

/** None where the stream is no YAML, which is told as that. */
function objectsIn(stream: string): KubernetesObject[] {
  try {
    return loadAll(stream).filter(isKubernetesObject);
  } catch {
    return [];
  }
}

function streamProblems(rule: Rule, stream: string, field: string): Told[] {
  try {
    const wanted = expected(rule, stream).map(told);
    const found = judged(rule, stream).map(told);
    return [
      ...without(wanted, found).map((one) => ({ field, message: `expects, and nobody reports: ${one}` })),
      ...without(found, wanted).map((one) => ({ field, message: `is reported, and not expected: ${one}` })),
    ];
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    return [{ field, message: `is no YAML: ${first}; mend it` }];
  }
}

function refuses(rule: Rule, stream: string): boolean {
  try {
    return judged(rule, stream).length > 0;
  } catch {
    // Told as what is no YAML.
    return true;
  }
}

function judged(rule: Rule, stream: string): Violation[] {
  return judgeBy([rule], loadAll(stream) as KubernetesObject[], rule.examples.parameters);
}

/** What the `# expect:` lines before each document say. */
function expected(rule: Rule, stream: string): Violation[] {
  return stream.split(/^---$/m).flatMap((text) =>
    [...text.matchAll(/^# expect: (.*)$/gm)].map(([, message = ""]) => ({
      rule: rule.id,
      object: offender(loadAll(text)[0] as KubernetesObject),
      message,
    })),
  );
}

function told({ object, message }: Violation): string {
  return object ? `${object.kind} ${object.name}: ${message}` : message;
}

function without(all: readonly string[], taken: readonly string[]): string[] {
  return all.filter((one) => !taken.includes(one));
}

/** Reports, exemptions and admission policies go by the id. */
function sharedIds(files: readonly RuleFile[]): RuleProblem[] {
  const named = files.filter(({ rule }) => idOf(rule) !== "");
  const groups = Map.groupBy(named, ({ rule }) => idOf(rule));
  return [...groups].flatMap(([id, [first, ...others]]) =>
    others.map(({ file }) => ({
      file,
      rule: id,
      field: "id",
      message: `${first?.file} has the same id; rename one of them`,
    })),
  );
}

function kitsIds(files: readonly RuleFile[], kit: readonly Rule[]): RuleProblem[] {
  const taken = new Set(kit.map(({ id }) => id));
  return files
    .map(({ file, rule }) => ({ file, rule: idOf(rule) }))
    .filter(({ rule }) => taken.has(rule))
    .map((one) => ({ ...one, field: "id", message: "the kit has a rule of this id; rename yours" }));
}
