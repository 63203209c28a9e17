import { edgeName } from "../../../constructs/kubernetes/peers.ts";
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
      objects.some(({ kind, object }) => kind === "changed" && object.name === way(name, "to", callee)),
  );
  const shedding = differing.filter(
    (callee) =>
      changesLatency(callee) && objects.some((one) => changesTimeout(one, way(name, "to", callee.name))),
  );
  return [
    ...[...left].map((callee) => `may call ${callee} until ${name} is deployed, whatever ${callee} says`),
    ...following.map(
      ({ name: callee }) => `its edge to ${callee} changes once ${name} is deployed, not with ${callee}`,
    ),
    ...shedding.map(
      ({ name: callee }) =>
        `its new timeout counts for what ${callee} sheds once ${callee} is deployed, not with ${name}`,
    ),
  ];
}

/** How an edge between two services is called at one of its ends. */
function way(at: string, direction: "to" | "from", other: string): string {
  const components = ["service"] as const;
  return edgeName({ service: at, components }, direction, { service: other, components });
}

/** A callee without a deadline of its own sheds by how long its callers wait. docs/decisions/0019-shedding-by-importance.md */
function changesLatency({ kind, objects }: ServiceDifferences): boolean {
  return kind === "changed" && objects.some((one) => changesField(one, "shedding", "fixed_value"));
}

function changesTimeout(difference: ObjectDifference, edge: string): boolean {
  return difference.object.kind === "VirtualService" && changesField(difference, edge, "timeout");
}

function changesField(difference: ObjectDifference, name: string, field: string): boolean {
  if (difference.kind !== "changed" || difference.object.name !== name) return false;
  return difference.changes.some(({ path }) => path.at(-1) === field);
}

/** The service whose pods a right of this one let in. */
function calleeThatIsLeft(caller: string, difference: ObjectDifference): string[] {
  if (difference.kind !== "removed") return [];
  const { spec } = difference.manifest;
  const { podSelector, selector } = isObject(spec) ? spec : ({} as JsonObject);
  const labels = [podSelector, selector].flatMap((one) => (isObject(one) ? [one.matchLabels] : []));
  const services = labels.flatMap((one) => (isObject(one) ? [String(one["app.kubernetes.io/name"])] : []));
  return services.filter((callee) => difference.object.name === way(callee, "from", caller));
}
