import type { FieldChange } from "./fields.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { groupKind, type ObjectName } from "./object.ts";
import { type Path, spellPath } from "./path.ts";

/** What a difference does to what runs. */
export type Verdict =
  /** The pods of a workload are replaced by new ones. */
  | "restart"
  /** The object cannot be changed as it stands: it is deleted and made anew. */
  | "anew"
  /** Something runs once. */
  | "run"
  /** Pods go. */
  | "stop"
  /** Data may go. */
  | "data"
  /** It reaches what runs by and by, or with its next start. */
  | "later"
  /** It stays in the cluster, though nobody describes it any more. */
  | "kept";

/** One consequence, with the fields that bring it about and the page that says so. */
export interface Effect {
  readonly verdict: Verdict;
  /** `pods restart` */
  readonly says: string;
  /** Empty where it is the object as a whole. */
  readonly because: readonly string[];
  readonly source: string;
}

interface Fact {
  readonly verdict: Verdict;
  readonly says: string;
  readonly source: string;
  /** The fields, with all beneath them. Omitted: every field but those of `except`. */
  readonly fields?: readonly string[];
  /** Fields beneath `spec` that do not count. */
  readonly except?: readonly string[];
  /** Whether it holds for the object as it is before. Omitted: it always does. */
  readonly when?: (before: JsonObject) => boolean;
}

const docs = "https://kubernetes.io/docs";
const deployments = `${docs}/concepts/workloads/controllers/deployment/`;
const statefulSets = `${docs}/concepts/workloads/controllers/statefulset/`;
const jobs = `${docs}/concepts/workloads/controllers/job/`;

const restart = { verdict: "restart", says: "pods restart", fields: ["spec.template"] } as const;
const anew = { verdict: "anew", says: "immutable: is made anew" } as const;
const sealed = {
  ...anew,
  fields: ["data", "binaryData", "immutable"],
  when: ({ immutable }: JsonObject) => immutable === true,
};
const onDelete: Pick<Fact, "verdict" | "says" | "fields" | "when"> = {
  verdict: "later",
  says: "each pod takes it once it is deleted",
  fields: ["spec.template"],
  when: (before) => updateStrategy(before) === "OnDelete",
};
const rolling = (before: JsonObject) => updateStrategy(before) !== "OnDelete";
const roleRef: Fact = {
  ...anew,
  fields: ["roleRef"],
  source: `${docs}/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding`,
};

/** What follows from a change, by group and kind. The API server's own checks decide what is immutable. */
const onChange: Record<string, readonly Fact[]> = {
  "apps/Deployment": [
    { ...restart, source: `${deployments}#updating-a-deployment` },
    { ...anew, fields: ["spec.selector"], source: `${deployments}#label-selector-updates` },
  ],
  "apps/StatefulSet": [
    { ...restart, when: rolling, source: `${statefulSets}#rolling-updates` },
    { ...onDelete, source: `${statefulSets}#on-delete` },
    {
      ...anew,
      fields: ["spec"],
      except: [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
      ],
      source:
        "https://github.com/kubernetes/kubernetes/blob/v1.34.5/pkg/apis/apps/validation/validation.go#L268",
    },
  ],
  "apps/DaemonSet": [
    { ...restart, when: rolling, source: `${docs}/tasks/manage-daemon/update-daemon-set/` },
    { ...onDelete, source: `${docs}/tasks/manage-daemon/update-daemon-set/#daemonset-update-strategy` },
    {
      ...anew,
      fields: ["spec.selector"],
      source: `${docs}/concepts/workloads/controllers/daemonset/#required-fields`,
    },
  ],
  "argoproj.io/Rollout": [
    { ...restart, source: "https://argo-rollouts.readthedocs.io/en/stable/features/specification/" },
  ],
  "batch/Job": [
    {
      ...anew,
      fields: [
        "spec.template",
        "spec.selector",
        "spec.completions",
        "spec.completionMode",
        "spec.podFailurePolicy",
        "spec.backoffLimitPerIndex",
        "spec.managedBy",
        "spec.successPolicy",
      ],
      source:
        "https://github.com/kubernetes/kubernetes/blob/v1.34.5/pkg/apis/batch/validation/validation.go#L627",
    },
  ],
  "batch/CronJob": [
    {
      verdict: "later",
      says: "holds from the next run on",
      fields: ["spec.jobTemplate", "spec.schedule"],
      source: `${docs}/concepts/workloads/controllers/cron-jobs/`,
    },
  ],
  ConfigMap: [
    { ...sealed, source: `${docs}/concepts/configuration/configmap/#configmap-immutable` },
    {
      verdict: "later",
      says: "mounted files follow in about a minute, variables with the next start of a pod",
      fields: ["data", "binaryData"],
      when: ({ immutable }) => immutable !== true,
      source: `${docs}/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically`,
    },
  ],
  Secret: [
    { ...anew, fields: ["type"], source: `${docs}/concepts/configuration/secret/#secret-types` },
    { ...sealed, source: `${docs}/concepts/configuration/secret/#secret-immutable` },
  ],
  Service: [
    {
      ...anew,
      fields: ["spec.clusterIP"],
      source: `${docs}/concepts/services-networking/service/#choosing-your-own-ip-address`,
    },
  ],
  PersistentVolumeClaim: [
    {
      ...anew,
      fields: ["spec"],
      except: ["resources", "volumeAttributesClassName"],
      source: `${docs}/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims`,
    },
  ],
  "rbac.authorization.k8s.io/RoleBinding": [roleRef],
  "rbac.authorization.k8s.io/ClusterRoleBinding": [roleRef],
};

/** What follows when an object is no longer described. */
const onRemoval: Record<string, Omit<Fact, "fields">> = {
  "apps/Deployment": { verdict: "stop", says: "its pods stop", source: deployments },
  "apps/DaemonSet": {
    verdict: "stop",
    says: "its pods stop",
    source: `${docs}/concepts/workloads/controllers/daemonset/`,
  },
  "apps/StatefulSet": {
    verdict: "stop",
    says: "its pods stop; their volumes stay",
    source: `${statefulSets}#persistentvolumeclaim-retention`,
  },
  "argoproj.io/Rollout": {
    verdict: "stop",
    says: "its pods stop",
    source: "https://argo-rollouts.readthedocs.io/en/stable/features/specification/",
  },
  Namespace: {
    verdict: "data",
    says: "everything in it goes, volumes too",
    source: `${docs}/concepts/overview/working-with-objects/namespaces/`,
  },
  PersistentVolumeClaim: {
    verdict: "data",
    says: "its data go, unless the volume is kept",
    source: `${docs}/concepts/storage/persistent-volumes/#reclaiming`,
  },
};

/** The effects of changes within one object. */
export function effectsOfChange(
  object: ObjectName,
  changes: readonly FieldChange[],
  before: JsonObject,
): readonly Effect[] {
  return (onChange[groupKind(object)] ?? [])
    .filter(({ when }) => when?.(before) ?? true)
    .flatMap((fact) => {
      const because = [...new Set(changes.filter((change) => concerns(fact, change)).map(named))];
      return because.length === 0 ? [] : [effect(fact, because)];
    });
}

/** The effects of an object that comes, or that takes the place of one whose name was made from its content. */
export function effectsOfAddition(object: ObjectName): readonly Effect[] {
  if (groupKind(object) !== "batch/Job") return [];
  return [effect({ verdict: "run", says: "runs once", source: jobs }, [])];
}

/** The effects of an object that is no longer described. */
export function effectsOfRemoval(object: ObjectName, before: JsonObject): readonly Effect[] {
  if (isRetained(before)) return [effect(kept, [])];
  const fact = onRemoval[groupKind(object)];
  return fact ? [effect(fact, [])] : [];
}

// Argo CD leaves it alone, and so does `pulumi up` (retainOnDelete), so that a rollback finds it.
const kept = {
  verdict: "kept",
  says: "stays in the cluster, for a rollback",
  source: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources",
} as const;

function isRetained({ metadata }: JsonObject): boolean {
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const options = isObject(annotations) ? annotations["argocd.argoproj.io/sync-options"] : undefined;
  return String(options).split(",").includes("Prune=false");
}

/**
 * Whether the order of a list with merge keys counts: init containers run in it, and a pod template with another
 * order is another template, so that its pods restart. https://github.com/okteto/okteto/pull/1079
 */
export function orderCounts(object: ObjectName): (path: Path) => boolean {
  const restarts =
    onChange[groupKind(object)]?.some(({ fields }) => fields?.includes("spec.template")) ?? false;
  return (path) =>
    path.at(-1) === "initContainers" || (restarts && path[0] === "spec" && path[1] === "template");
}

function effect(
  { verdict, says, source }: Pick<Fact, "verdict" | "says" | "source">,
  because: readonly string[],
): Effect {
  return { verdict, says, because, source };
}

function concerns({ fields, except = [] }: Fact, { path }: FieldChange): boolean {
  const [root, field] = path;
  if (root === "spec" && typeof field === "string" && except.includes(field)) return false;
  return fields?.some((prefix) => prefix.split(".").every((part, index) => path[index] === part)) ?? true;
}

function named({ path }: FieldChange): string {
  return spellPath(path);
}

function updateStrategy({ spec }: JsonObject): Json | undefined {
  const strategy = isObject(spec) ? spec.updateStrategy : undefined;
  return isObject(strategy) ? strategy.type : undefined;
}
