import { type ApiObject, type Chart, JsonPatch } from "cdk8s";
import type { FieldProblem } from "../model/concern.ts";
import type { Patch } from "../model/patches.ts";
import { didYouMean, type Problem } from "../model/problem.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { reason } from "../model/shape.ts";
import type { Manifest } from "./manifest.ts";
import { waveAnnotation } from "./metadata.ts";

/** Shows on a patched object why the description was not enough. */
const patchedAnnotation = "pressurevalve.dev/patched";

/** Applies a description's patches to the objects of its chart, and returns what does not fit. */
export function applyPatches(chart: Chart, { name, patches }: ResolvedService): Problem[] {
  return patches.flatMap((patch, index) =>
    applyPatch(chart.apiObjects, patch, `patches[${index}]`).map((problem) => ({
      service: name,
      ...problem,
    })),
  );
}

function applyPatch(objects: ApiObject[], patch: Patch, field: string): FieldProblem[] {
  const target = objects.find(({ kind, name }) => kind === patch.kind && name === patch.name);
  if (!target) return [noSuchObject(objects, patch, field)];
  const before: Manifest = target.toJson();
  let document = before;
  for (const [index, operation] of patch.operations.entries()) {
    const misfit = whyNot(document, operation);
    if (misfit !== undefined)
      return [doesNotApply(patch, `${field}.operations[${index}]`, operation, misfit)];
    document = JsonPatch.apply(structuredClone(document), operation);
  }
  if (identity(document) !== identity(before)) return [takesIdentity(patch, field)];
  target.addJsonPatch(...patch.operations);
  target.metadata.addAnnotation(patchedAnnotation, patch.reason);
  return [];
}

function noSuchObject(objects: ApiObject[], patch: Patch, field: string): FieldProblem {
  const named = `${patch.kind} ${patch.name}`;
  // Most often the kind is wrong: a blue-green service has a Rollout in place of the Deployment.
  const namesakes = objects.filter(({ name }) => name === patch.name).map(({ kind }) => kind);
  return {
    field,
    value: named,
    rule: "but there is no such object",
    remedy: didYouMean(
      named,
      objects.map(({ kind, name }) => `${kind} ${name}`),
      namesakes.length > 0 ? `of that name there are ${namesakes.join(", ")}` : "name one of its objects",
    ),
  };
}

function doesNotApply(patch: Patch, field: string, operation: JsonPatch, misfit: string): FieldProblem {
  return {
    field,
    value: spelled(operation),
    rule: `but ${patch.kind} ${patch.name} ${misfit}`,
    remedy: "mend the operation",
  };
}

function takesIdentity({ kind, name }: Patch, field: string): FieldProblem {
  return {
    field,
    value: `${kind} ${name}`,
    rule: "but its apiVersion, kind, name, namespace and sync wave must stay, because others refer to them",
    remedy: "patch other fields",
  };
}

/** Upstream takes what removes or replaces nothing for done, and so a typing error would go unnoticed. */
function whyNot(document: Manifest, operation: JsonPatch): string | undefined {
  try {
    const { op, path, from } = operation._toJson() as { op: string; path: string; from?: string };
    const needed = [
      op === "add" || op === "copy" || op === "move" ? parent(path) : path,
      ...(from === undefined ? [] : [from]),
    ];
    const missing = needed.find((pointer) => !resolves(document, pointer));
    if (missing !== undefined) return `has nothing at ${missing}`;
    JsonPatch.apply(structuredClone(document), operation);
    return undefined;
  } catch (error) {
    return `refuses it: ${reason(error).split("\\u000a")[0]}`;
  }
}

/** Whether a JSON Pointer (RFC 6901) leads to something. */
function resolves(document: unknown, pointer: string): boolean {
  let place = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return false;
    place = (place as Record<string, unknown>)[key];
  }
  return true;
}

function parent(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}

function spelled(operation: JsonPatch): string {
  const { op, path } = operation._toJson();
  return `${op} ${path}`;
}

function identity(manifest: Manifest | undefined): string {
  return JSON.stringify([
    manifest?.apiVersion,
    manifest?.kind,
    manifest?.metadata?.name,
    manifest?.metadata?.namespace,
    manifest?.metadata?.annotations?.[waveAnnotation],
  ]);
}
