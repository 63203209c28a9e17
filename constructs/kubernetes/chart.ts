import { ApiObject, Chart } from "cdk8s";
import type { Construct } from "constructs";
import { ProblemsError } from "../model/problem.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { concerns } from "./concerns.ts";
import { databaseSecrets } from "./database.ts";
import type { Manifest, RenderedService } from "./manifest.ts";

/** Shows on a patched object why the description was not enough. */
const patchedAnnotation = "pressurevalve.dev/patched";

/**
 * One service as a cdk8s chart. A team may add constructs of its own to it; they are rendered, judged and
 * deployed like the rest.
 * @throws ProblemsError when a patch of the description fits no object, or an object not as it is.
 */
export class ServiceChart extends Chart {
  readonly service: ResolvedService;

  constructor(scope: Construct, service: ResolvedService) {
    super(scope, service.name, { disableResourceNameHashes: true });
    this.service = service;
    for (const manifest of concerns.flatMap((concern) => concern(service)))
      new ApiObject(this, objectId(manifest), manifest);
    applyPatches(this, service);
  }

  /** The service's objects, and the Secrets that they need. */
  render(): RenderedService {
    const { name, namespace, owner } = this.service;
    return {
      name,
      namespace,
      owner,
      manifests: this.toJson() as Manifest[],
      secrets: databaseSecrets(this.service),
    };
  }
}

/** Construct ids are public: Pulumi URNs and construct paths are made from them. */
function objectId({ kind, metadata }: Manifest): string {
  return [kind, metadata.namespace, metadata.name].filter(Boolean).join("-");
}

function applyPatches(chart: ServiceChart, service: ResolvedService): void {
  const problems = service.patches.flatMap(({ kind, name, operations, reason }, index) => {
    const field = `patches[${index}]`;
    const target = chart.apiObjects.find((object) => object.kind === kind && object.name === name);
    if (!target) {
      return {
        service: service.name,
        field,
        value: `${kind} ${name}`,
        rule: "but there is no such object",
        remedy: "name one of its objects",
      };
    }
    target.addJsonPatch(...operations);
    target.metadata.addAnnotation(patchedAnnotation, reason);
    return applies(target) ?? [];

    function applies(object: ApiObject) {
      try {
        object.toJson();
        return undefined;
      } catch (error) {
        const rule = `does not apply to ${kind} ${name}: ${(error as Error).message}`;
        return { service: service.name, field, rule, remedy: "mend its operations" };
      }
    }
  });
  if (problems.length > 0) throw new ProblemsError(problems);
}
