import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { edgeConsequences } from "./edges.ts";
import type { Effect } from "./effects.ts";
import { type Restart, restarts } from "./restarts.ts";

/** What is said about a service in one row. */
export interface SummaryRow {
  readonly service: string;
  readonly added: number;
  readonly changed: number;
  readonly replaced: number;
  readonly removed: number;
  /** What happens to its running pods, whether data may go, and what its edges wait for. */
  readonly consequences: readonly string[];
}

export function summary(services: readonly ServiceDifferences[]): readonly SummaryRow[] {
  return services.map((service) => ({
    service: service.name,
    ...counts(service.objects),
    consequences: [...consequences(service), ...edgeConsequences(service, services)],
  }));
}

/** How many objects differ, by how they differ. */
export function counts(objects: readonly ObjectDifference[]): Record<ObjectDifference["kind"], number> {
  const count = (wanted: ObjectDifference["kind"]) => objects.filter(({ kind }) => kind === wanted).length;
  return {
    added: count("added"),
    changed: count("changed"),
    replaced: count("replaced"),
    removed: count("removed"),
  };
}

const saysOfPods: Record<Restart["verdict"], string> = {
  restart: "pods restart",
  anew: "is deleted and made anew",
  stop: "pods stop",
};

function consequences(service: ServiceDifferences): string[] {
  const ofPods = restarts([service]).map(
    ({ object, verdict }) => `${object.kind} ${object.name}: ${saysOfPods[verdict]}`,
  );
  const ofData = service.objects.flatMap(({ object, effects }) =>
    effects.filter(isLoss).map(({ says }) => `${object.kind} ${object.name}: ${says}`),
  );
  return [...new Set([...ofPods, ...ofData])];
}

function isLoss({ verdict }: Effect): boolean {
  return verdict === "data";
}

/** `2 changed, 1 added` */
export function spellCounts(objects: readonly ObjectDifference[]): string {
  return Object.entries(counts(objects))
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

/** One sentence about all services. */
export function verdict(services: readonly ServiceDifferences[]): string {
  if (services.length === 0) return "no differences";
  const objects = services.flatMap((service) => service.objects);
  const touched = [...new Set(restarts(services).map(({ service }) => service))];
  const pods =
    touched.length === 0 ? "no running pod is touched" : `running pods are touched in ${touched.join(", ")}`;
  return `${spellCounts(objects)} in ${plural(services.length, "service")}; ${pods}`;
}

/** `1 service`, `5 services` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const few = 5;

/** Sixty names hide the one that matters; `--json` has them all. */
export function some(names: readonly string[]): string {
  const more = names.length - few;
  return more > 0 ? `${names.slice(0, few).join(", ")} and ${more} more` : names.join(", ");
}
