import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { isObject, type JsonObject } from "./json.ts";

/**
 * What a service tells of its edges: their objects are the caller's, also where they say what belongs to the callee or
 * stand in its namespace, so they change with the caller's deployment and not with the callee's.
 */
export function edgeConsequences(
  { name, kind, objects }: ServiceDifferences,
  differing: readonly ServiceDifferences[],
): string[] {
  if (kind !== "changed") return [];
  const left = new Set(objects.flatMap((difference) => calleeThatIsLeft(name, difference)));
  const following = differing.filter(
    ({ name: callee }) =>
      !left.has(callee) &&
      objects.some(({ kind, object }) => kind === "changed" && object.name === `to-${callee}`),
  );
  return [
    ...[...left].map((callee) => `may call ${callee} until ${name} is deployed, whatever ${callee} says`),
    ...following.map(
      ({ name: callee }) => `its edge to ${callee} changes once ${name} is deployed, not with ${callee}`,
    ),
  ];
}

/** The service whose pods a right of this one let in; constructs/kubernetes/peers.ts names it. */
function calleeThatIsLeft(caller: string, difference: ObjectDifference): string[] {
  if (difference.kind !== "removed" || difference.object.name !== `from-${caller}`) return [];
  const { spec } = difference.manifest;
  const { podSelector, selector } = isObject(spec) ? spec : ({} as JsonObject);
  const labels = [podSelector, selector].flatMap((one) => (isObject(one) ? [one.matchLabels] : []));
  return labels.flatMap((one) => (isObject(one) ? [String(one["app.kubernetes.io/name"])] : []));
}
