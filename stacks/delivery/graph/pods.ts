import type { V1LabelSelector, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Gateway, Manifest } from "../../../constructs/index.ts";

/** Pods of one kind, from the template that makes them. */
export interface Pod {
  /** `<namespace>/<service>/<component>` */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly ports: readonly number[];
  /** The Gateway that it serves, as VirtualServices name it. */
  readonly gateway?: string;
}

/** Where the template of pods stands, by the kind that makes them. */
const templates: Record<string, (spec: Loose) => readonly unknown[]> = {
  Deployment: ({ template }) => [template],
  Rollout: ({ template }) => [template],
  StatefulSet: ({ template }) => [template],
  Job: ({ template }) => [template],
  CronJob: ({ jobTemplate }) => [jobTemplate?.spec?.template],
  AnalysisTemplate: ({ metrics }) =>
    ((metrics ?? []) as Loose[]).map((metric) => metric.provider?.job?.spec?.template),
};

/** An object whose schema somebody else has checked. */
// biome-ignore lint/suspicious/noExplicitAny: upstream's fields, read as they are written
type Loose = Record<string, any>;

/** The kinds of pods that objects make, each once. */
export function podsOf(objects: readonly Manifest[]): Pod[] {
  const pods = objects.flatMap(({ kind, metadata, spec }) =>
    (templates[kind]?.(spec as Loose) ?? [])
      .filter((template) => template !== undefined)
      .map((template) => podOf(template as V1PodTemplateSpec, metadata.namespace ?? "default")),
  );
  return [...new Map(pods.map((pod) => [pod.id, pod])).values()];
}

function podOf({ metadata, spec }: V1PodTemplateSpec, namespace: string): Pod {
  const labels = metadata?.labels ?? {};
  const name = labels["app.kubernetes.io/name"];
  const component = labels["app.kubernetes.io/component"];
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    id: `${namespace}/${name}/${component}`,
    namespace,
    labels,
    serviceAccount: spec?.serviceAccountName ?? "default",
    ports: ports.map(({ containerPort }) => containerPort),
  };
}

/** The pods of a gateway, of which the objects of services say nothing. */
export function gatewayPods(from: Gateway): Pod[] {
  if (from.kind === "none") return [];
  const { gateway, pods, serviceAccount } = from;
  const { namespace, podLabels: labels } = pods;
  return [{ id: `gateway ${gateway}`, gateway, namespace, labels, serviceAccount, ports: [] }];
}

/** The objects of a kind, with what is said of them as upstream has it. */
export function specs<Spec>(
  objects: readonly Manifest[],
  kind: string,
): { namespace: string; name: string; spec: Spec }[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ metadata, spec }) => ({
      namespace: metadata.namespace ?? "default",
      name: metadata.name,
      spec: (spec ?? {}) as Spec,
    }));
}

/** Whether a selector finds these labels; one that says nothing finds all. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: V1LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      return (value !== undefined) === (operator === "Exists");
    })
  );
}
