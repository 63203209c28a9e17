import type { Deployment, Operation, Resource } from "./state.ts";

/**
 * A deployment in which every object that was about to be created counts as created. Whether it was, only the cluster
 * knows: a refresh afterwards fills in those that are there and drops those that are not. So no provider ever has to
 * create what exists, which some take over and some refuse.
 */
export function adoptPendingCreates(deployment: Deployment): Deployment {
  const { pending_operations: pending = [], resources = [], ...rest } = deployment;
  const adopted = new Map(
    pending.filter(isCreateOfObject).map(({ resource }) => [resource.urn, made(resource)]),
  );
  const standing = resources.map((resource) => {
    const created = adopted.get(resource.urn);
    if (created === undefined || resource.delete) return resource;
    adopted.delete(resource.urn);
    // Deleted already to be made anew: the new one takes its place, before those that depend on it.
    return resource.pendingReplacement ? created : resource;
  });
  return { ...rest, resources: [...standing, ...adopted.values()] };
}

/** Whether the cluster is still deleting an object, as of the last refresh. */
export function isBeingDeleted({ outputs }: Resource): boolean {
  const { metadata } = (outputs ?? {}) as { metadata?: { deletionTimestamp?: string } };
  return metadata?.deletionTimestamp !== undefined;
}

/** Stacks, services and providers are made within Pulumi, again and again if need be. */
function isCreateOfObject({ type, resource }: Operation): boolean {
  return type === "creating" && resource.type.startsWith("kubernetes:");
}

/** With an id, and with outputs in the provider's own form, of which it takes kind and name even to delete it. */
function made(resource: Resource): Resource {
  const inputs = resource.inputs as { apiVersion: string; metadata: { name: string; namespace?: string } };
  const { name, namespace } = inputs.metadata;
  return {
    ...resource,
    id: namespace === undefined ? name : `${namespace}/${name}`,
    outputs: { ...inputs, __initialApiVersion: inputs.apiVersion, __inputs: inputs },
  };
}
