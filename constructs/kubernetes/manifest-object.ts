import { ApiObject, type JsonPatch } from "cdk8s";
import type { Construct } from "constructs";
import type { Manifest } from "./manifest.ts";

/** An object of the kit's own in its chart. */
export class ManifestObject extends ApiObject {
  /** Nothing once patches make something else of it. */
  #manifest: Manifest | undefined;

  constructor(scope: Construct, manifest: Manifest) {
    super(scope, objectId(manifest), manifest);
    this.#manifest = manifest;
  }

  override addJsonPatch(...operations: JsonPatch[]): void {
    this.#manifest = undefined;
    super.addJsonPatch(...operations);
  }

  /**
   * What upstream answers, at a third of the cost: upstream looks at every value three times for tokens that it would
   * have to resolve, and a manifest is plain data.
   */
  override toJson(): unknown {
    if (this.#manifest === undefined) return super.toJson();
    const { apiVersion, kind, metadata: _, ...body } = this.#manifest;
    return { apiVersion, kind, metadata: this.metadata.toJson(), ...sorted(body) };
  }
}

/** Construct ids are public: Pulumi URNs and construct paths are made from them. */
function objectId({ kind, metadata }: Manifest): string {
  // No name holds an underscore, so no two objects share an id.
  return [kind, metadata.namespace, metadata.name].filter(Boolean).join("_");
}

/** With fields in the order of their names, and without those that have no value. */
function sorted(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(map).sort()) {
    const value = map[name];
    if (value !== undefined && value !== null) fields[name] = sortedValue(value);
  }
  return fields;
}

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  return typeof value === "object" && value !== null ? sorted(value as Record<string, unknown>) : value;
}
