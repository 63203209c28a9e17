import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import type { FieldChange } from "./fields.ts";
import { canonical, type Json } from "./json.ts";
import type { ObjectName } from "./object.ts";
import type { Path } from "./path.ts";

/** A change that several objects have in common, such as a new digest of an image, which is worth saying once. */
export interface RepeatedChange {
  /** One of them. */
  readonly change: FieldChange;
  /** The end of the path that they have in common, or the whole of it. */
  readonly path: Path;
  readonly objects: readonly { readonly service: string; readonly object: ObjectName }[];
  /** All of them, so that they need not be said again. */
  readonly changes: ReadonlySet<FieldChange>;
}

interface Occurrence {
  readonly service: string;
  readonly object: ObjectName;
  readonly change: FieldChange;
}

/** The changes that two or more objects have in common, those of most objects first. */
export function repeatedChanges(services: readonly ServiceDifferences[]): readonly RepeatedChange[] {
  const occurrences = services.flatMap(({ name, objects }) =>
    objects.flatMap((difference) =>
      changesOf(difference).map((change) => ({ service: name, object: difference.object, change })),
    ),
  );
  return [...Map.groupBy(occurrences, sameness).values()]
    .map(repetition)
    .filter(({ objects }) => objects.length > 1)
    .sort((a, b) => b.objects.length - a.objects.length);
}

/** The fields that differ; none of an object that comes or goes whole. */
export function changesOf(difference: ObjectDifference): readonly FieldChange[] {
  return "changes" in difference ? difference.changes : [];
}

/** The same text for changes that say the same, whatever the object around them. */
function sameness({ change }: Occurrence): string {
  const { before, after } = change as { before?: Json; after?: Json };
  return canonical([change.kind, ending(change.path) as Json, before ?? null, after ?? null]);
}

const containers: ReadonlySet<unknown> = new Set(["containers", "initContainers"]);

/** What a field is, apart from where: the path within the container, or its last steps. */
function ending(path: Path): Path {
  const container = path.findLastIndex((segment) => containers.has(segment));
  return container === -1 ? path.slice(-3) : path.slice(container + 2);
}

function repetition(occurrences: readonly Occurrence[]): RepeatedChange {
  const [first] = occurrences as [Occurrence];
  const paths = new Set(occurrences.map(({ change }) => canonical(change.path as Json)));
  return {
    change: first.change,
    path: paths.size === 1 ? first.change.path : ending(first.change.path),
    objects: [...new Map(occurrences.map(({ service, object }) => [object, { service, object }])).values()],
    changes: new Set(occurrences.map(({ change }) => change)),
  };
}
