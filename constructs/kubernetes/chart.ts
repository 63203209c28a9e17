import { Chart } from "cdk8s";
import type { Construct } from "constructs";
import { ProblemsError } from "../model/problem.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { concerns } from "./concerns.ts";
import { databaseSecrets } from "./database.ts";
import type { Manifest, RenderedService } from "./manifest.ts";
import { ManifestObject } from "./manifest-object.ts";
import { waveAnnotation, waves } from "./metadata.ts";
import { applyPatches } from "./patches.ts";

/**
 * One service as a cdk8s chart. What a team adds to it is rendered, judged and deployed like the rest, with
 * the workload unless it names a sync wave of its own.
 * @throws ProblemsError when a patch of the description fits no object, or an object not as it is.
 */
export class ServiceChart extends Chart {
  /** The service whose objects these are. */
  readonly service: ResolvedService;

  constructor(scope: Construct, service: ResolvedService) {
    super(scope, service.name, { disableResourceNameHashes: true });
    this.service = service;
    for (const manifest of concerns.flatMap((concern) => concern(service)))
      new ManifestObject(this, manifest);
    const problems = applyPatches(this, service);
    if (problems.length > 0) throw new ProblemsError(problems);
  }

  /** The service's objects, and the Secrets that they need. */
  render(): RenderedService {
    const { name, namespace, owner } = this.service;
    return {
      name,
      namespace,
      owner,
      manifests: (this.toJson() as Manifest[]).map(inSomeWave),
      secrets: databaseSecrets(this.service),
    };
  }
}

/** All ways of delivery take their order from this annotation, so every object has one. */
function inSomeWave(manifest: Manifest): Manifest {
  const annotations = { [waveAnnotation]: String(waves.workload), ...manifest.metadata.annotations };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
