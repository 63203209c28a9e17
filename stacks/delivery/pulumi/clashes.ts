import type { RenderedService } from "../../../constructs/index.ts";
import { isDeployed, wherein } from "./alone.ts";
import { stackCluster } from "./cluster.ts";
import { refuseForeignNamespaces } from "./foreign.ts";
import { refuseChangedKinds } from "./workload-kind.ts";

/**
 * Refuses what the provider would not notice: it writes over what it finds, and looks at each object for itself.
 *
 * @throws Fault (exit code 2) with every clash of one sort
 */
export async function refuseClashes(rendered: readonly RenderedService[]): Promise<void> {
  const cluster = stackCluster();
  await refuseForeignNamespaces(wherein(rendered), cluster);
  await refuseChangedKinds(
    rendered.filter(({ name }) => isDeployed(name)),
    cluster,
  );
}
