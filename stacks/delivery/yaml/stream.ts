import { constructFromEvents, parseEvents, YAMLException } from "js-yaml";
import type { Manifest } from "../../../constructs/index.ts";
import { visible } from "../../../tools/terminal.ts";
import { type AliasAllowance, type Outline, outlinesOf } from "./outline.ts";
import { kubernetesSchema } from "./schema.ts";

/** Where something stands. */
export interface Place {
  readonly file: string;
  /** From 1; what is true of the whole file has none. */
  readonly line?: number;
}

/** An object, and where it begins. */
export interface PlacedObject {
  readonly object: Manifest;
  readonly at: Place;
}

/** Something that could not be read. */
export interface InputProblem {
  readonly at: Place;
  /** What is wrong, and the remedy. */
  readonly message: string;
}

/** Everything that could be read, and why the rest could not. */
export interface Reading {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly InputProblem[];
}

/**
 * The objects in a stream of YAML or JSON, each with its line: those of a List one by one, and none of Kustomize's own.
 * A document that cannot be read is a problem, and those after it are read all the same.
 */
export function readStream(file: string, text: string, allowance: AliasAllowance): Reading {
  const objects: PlacedObject[] = [];
  const problems: InputProblem[] = [];
  for (const piece of pieces(text))
    try {
      for (const { value, line } of valuesIn(piece, allowance)) {
        const at = { file, line };
        if (isManifest(value)) objects.push({ object: value, at });
        else problems.push({ at, message: describeStranger(value) });
      }
    } catch (error) {
      problems.push({
        at: { file, line: piece.line + lineOf(error) },
        message: describeMistake(error, piece),
      });
    }
  return { objects, problems };
}

/** `order.yaml:12: …; …` */
export function describeProblem({ at, message }: InputProblem): string {
  return visible(`${describePlace(at)}: ${message}`);
}

/** `order.yaml:12`, which terminals and editors open. */
export function describePlace({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** Of one document, which the reader holds at once in up to a hundred times the memory of its text. */
const mostCharacters = 8 * 1024 * 1024;

/** A part of a stream, and the line that it begins in. */
interface Piece {
  readonly text: string;
  readonly line: number;
}

/**
 * A stream cut where documents begin, so that each is read by itself. No line within a document begins like that, not
 * even in a block of text: https://yaml.org/spec/1.2.2/#rule-c-forbidden
 */
function* pieces(text: string): Generator<Piece> {
  let start = 0;
  let line = 1;
  for (const { index } of text.matchAll(/(?<=^|[\r\n])---(?=[ \t\r\n]|$)/g)) {
    const piece = text.slice(start, index);
    // Directives stand before the line that their document begins with.
    if (piece.startsWith("%")) continue;
    yield* jsonPieces({ text: piece, line });
    line += newlines(piece);
    start = index;
  }
  yield* jsonPieces({ text: text.slice(start), line });
}

/** Objects of JSON follow each other without a word between them, as jq and kubectl print them. */
function* jsonPieces({ text, line: first }: Piece): Generator<Piece> {
  let start = 0;
  let line = first;
  for (const end of /^\s*\{/.test(text) ? endsOfJson(text) : []) {
    const piece = text.slice(start, end);
    yield { text: piece, line };
    line += newlines(piece);
    start = end;
  }
  yield { text: text.slice(start), line };
}

/** Where one object of JSON ends and another begins. */
function* endsOfJson(text: string): Generator<number> {
  const sign = /["{}]/g;
  const next = /\s*\{/y;
  let depth = 0;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    if (found[0] === '"') sign.lastIndex = endOfString(text, found.index);
    else depth += found[0] === "{" ? 1 : -1;
    next.lastIndex = sign.lastIndex;
    if (found[0] === "}" && depth === 0 && next.test(text)) yield sign.lastIndex;
  }
}

function endOfString(text: string, start: number): number {
  const sign = /["\\]/g;
  sign.lastIndex = start + 1;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    if (found[0] === '"') return sign.lastIndex;
    sign.lastIndex += 1;
  }
  return text.length;
}

interface Value {
  readonly value: unknown;
  readonly line: number;
}

class TooLong extends Error {}

/** Reads it all, or throws. */
function valuesIn({ text, line }: Piece, allowance: AliasAllowance): Value[] {
  if (text.length > mostCharacters)
    throw new TooLong(
      `a document may have ${mostCharacters} characters, and this one has ${text.length}; divide it by lines of ---`,
    );
  refuseOtherLineEnds(text);
  const events = parseEvents(text, {});
  const outlines = outlinesOf(events, text, allowance);
  const lineAt = lines(text, line);
  return constructFromEvents(events, { source: text, schema: kubernetesSchema })
    .flatMap((value, index) => members(value, outlines[index] as Outline))
    .filter(({ value }) => value !== null && !isOfKustomize(value))
    .map(({ value, position }) => ({ value, line: lineAt(position) }));
}

/**
 * YAML 1.1, which kubectl reads, ends a line at three signs more than YAML 1.2: what follows one of them in a comment is a
 * field of the object. In JSON they are letters, for both.
 * https://yaml.org/spec/1.1/#id871136
 * @throws YAMLException where one of them stands in YAML
 */
function refuseOtherLineEnds(text: string): void {
  const position = text.search(/[\u0085\u2028\u2029]/);
  if (position < 0 || isJson(text)) return;
  const code = text.charCodeAt(position).toString(16).padStart(4, "0");
  YAMLException.throwAt(
    text,
    position,
    `kubectl ends a line at the sign U+${code}, and YAML 1.2 does not: in a value it is \\u${code} in double quotes`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What kubectl prints of several objects is a List. */
function members(value: unknown, { start, items }: Outline): { value: unknown; position: number }[] {
  const list = value as { kind?: unknown; items?: unknown } | null;
  if (typeof list?.kind !== "string" || !list.kind.endsWith("List") || !Array.isArray(list.items))
    return [{ value, position: start }];
  // Items that an alias stands for begin where the List does.
  return list.items.flatMap((item, index) => members(item, { start: items[index] ?? start, items: [] }));
}

/** The lines of positions that are asked for in their order. */
function lines(text: string, first: number): (position: number) => number {
  let line = first;
  let counted = 0;
  return (position) => {
    if (position > counted) line += newlines(text.slice(counted, position));
    counted = Math.max(counted, position);
    return line;
  };
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function isOfKustomize(value: unknown): boolean {
  return String((value as { apiVersion?: unknown }).apiVersion).startsWith("kustomize.config.k8s.io/");
}

function isManifest(value: unknown): value is Manifest {
  return whatLacks(value).length === 0;
}

/** The fields that every object has, as far as they are not there. */
function whatLacks(value: unknown): string[] {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Manifest>;
  const { name, generateName } = (metadata ?? {}) as { name?: unknown; generateName?: unknown };
  const fields = { apiVersion, kind, "metadata.name": name ?? generateName };
  return Object.entries(fields).flatMap(([field, words]) => (isFilled(words) ? [] : [field]));
}

function isFilled(words: unknown): boolean {
  return typeof words === "string" && words !== "";
}

function describeStranger(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `this is ${Array.isArray(value) ? "a list" : "a single word"}, and no Kubernetes object; give it apiVersion, kind and metadata.name, or take it out`;
  return `this is no Kubernetes object: ${whatLacks(value).join(", ")} is missing or no text; correct it, or take it out`;
}

/**
 * Of a mistake that the reader found. What it adds to its reason are lines of the document, which may hold what is secret.
 * @throws what is no mistake of the document
 */
function describeMistake(error: unknown, { text }: Piece): string {
  if (error instanceof TooLong) return error.message;
  if (!isMistake(error)) throw error;
  const reason = error instanceof YAMLException ? error.reason : error.message;
  const remedy = text.includes("{{")
    ? "render the chart first: helm template <chart> | pressurevalve policy check -"
    : "correct the document";
  return `cannot be read as YAML: ${reason}; ${remedy}`;
}

/** RangeError: a character that there is not. */
function isMistake(error: unknown): error is YAMLException | RangeError {
  return error instanceof YAMLException || error instanceof RangeError;
}

/** From 0, within its piece. */
function lineOf(error: unknown): number {
  return (error instanceof YAMLException && error.mark?.line) || 0;
}
