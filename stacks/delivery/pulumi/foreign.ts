import { ApiException, CoreV1Api, type KubeConfig, type V1Namespace } from "@kubernetes/client-node";
import type { RenderedService } from "../../../constructs/kubernetes/manifest.ts";
import { Fault } from "../../../tools/fault.ts";
import { isOurs, ourLabel } from "./ours.ts";

/**
 * Refuses Namespaces that exist and are not ours: the provider takes over whatever it finds, and a later destroy
 * would delete them with everything inside.
 *
 * @throws Fault that names every such Namespace.
 */
export async function refuseForeignNamespaces(
  rendered: readonly RenderedService[],
  cluster: KubeConfig,
): Promise<void> {
  const core = cluster.makeApiClient(CoreV1Api);
  const found = await Promise.all(
    rendered.map(({ namespace }) => core.readNamespace({ name: namespace }).catch(nothingThere)),
  );
  const refusals = foreign(found.filter((namespace) => namespace !== undefined));
  if (refusals.length > 0) throw new Fault(refusals.join("\n"), 2);
}

function nothingThere(error: unknown): undefined {
  if (error instanceof ApiException && error.code === 404) return undefined;
  throw error;
}

/** What there is to say of live Namespaces that somebody else has made. */
export function foreign(namespaces: readonly V1Namespace[]): string[] {
  return namespaces
    .filter((namespace) => !isOurs(namespace))
    .map(({ metadata }) => {
      const handOver = `kubectl label namespace ${metadata?.name} ${ourLabel.name}=${ourLabel.value} --overwrite`;
      return (
        `namespace ${metadata?.name} exists and is not PressureValve's; ` +
        `choose another namespacePrefix in stacks/environments.ts, or hand it over with all it holds: ${handOver}`
      );
    });
}
