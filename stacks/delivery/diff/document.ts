import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { spellPath } from "./path.ts";
import { restarts } from "./restarts.ts";
import { counts, summary } from "./summary.ts";

/** The differences for a program: every change at its object, paths spelled out, nothing said once for many. */
export function asDocument(services: readonly ServiceDifferences[]) {
  return {
    total: counts(services.flatMap(({ objects }) => objects)),
    summary: summary(services),
    restarts: restarts(services),
    services: services.map((service) => ({ ...service, objects: service.objects.map(objectDocument) })),
  };
}

function objectDocument(difference: ObjectDifference) {
  if ("manifest" in difference) return difference;
  const changes = difference.changes.map((change) => ({ ...change, path: spellPath(change.path) }));
  return { ...difference, changes };
}
