import type { Manifest } from "../../../constructs/index.ts";
import { Fault } from "../../../tools/fault.ts";
import { mostAliased } from "./outline.ts";
import { describeProblem, readStream } from "./stream.ts";

/**
 * The objects in a text of YAML, without those of Kustomize.
 *
 * @throws Fault (exit code 1) with the line of everything that is no YAML, no Kubernetes object, or has no name of its own
 */
export function parseManifests(source: string, text: string): Manifest[] {
  const { objects, problems } = readStream(source, text, { nodes: mostAliased });
  const nameless = objects
    .filter(({ object }) => object.metadata.name === undefined)
    .map(({ at }) => ({
      at,
      message: "metadata.name is missing, and objects are told apart by it; give it one",
    }));
  const wrong = [...problems, ...nameless];
  if (wrong.length > 0) throw new Fault(wrong.map(describeProblem).join("\n"), 1);
  return objects.map(({ object }) => object);
}
