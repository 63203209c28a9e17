import { loadAll } from "js-yaml";
import type { Manifest } from "../../../constructs/index.ts";
import { Fault } from "../../../tools/fault.ts";

/**
 * The objects in a text of YAML, without those of Kustomize.
 *
 * @throws Fault (exit code 1) where it is no YAML, or holds something else than Kubernetes objects
 */
export function parseManifests(source: string, text: string): Manifest[] {
  return documents(source, text)
    .flatMap(members)
    .filter((document) => document !== null && document !== undefined && !isOfKustomize(document))
    .map((document) => {
      if (isManifest(document)) return document;
      throw new Fault(
        `${source} holds something without apiVersion, kind or metadata.name; name a folder of objects`,
        1,
      );
    });
}

function documents(source: string, text: string): unknown[] {
  try {
    return loadAll(text);
  } catch (error) {
    throw new Fault(`${source} is no YAML: ${(error as Error).message}`, 1);
  }
}

/** What kubectl prints of several objects is a List. */
function members(document: unknown): unknown[] {
  const { kind, items } = (document ?? {}) as { kind?: unknown; items?: unknown };
  return kind === "List" && Array.isArray(items) ? items : [document];
}

function isOfKustomize(document: unknown): boolean {
  return String((document as { apiVersion?: unknown }).apiVersion).startsWith("kustomize.config.k8s.io/");
}

function isManifest(document: unknown): document is Manifest {
  const { apiVersion, kind, metadata } = document as Partial<Manifest>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
