import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Gateway, Manifest } from "../../../constructs/index.ts";
import { memoised } from "./memoised.ts";
import { namespaceLabels, specs } from "./objects.ts";

/** Pods of one kind, from the template that makes them. */
export interface Pod {
  /** `<namespace>/<service>/<component>`, or `<namespace>/*` */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** The ports of its containers, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whether the node's network is its own, where no NetworkPolicy counts. */
  readonly onHost: boolean;
  readonly hasSidecar: boolean;
  /** The Gateway that it serves, as VirtualServices name it. */
  readonly gateway?: string;
}

/** Where the template of pods stands, by the kind that makes them. */
const templates: Record<string, (spec: Loose, pod: unknown) => readonly unknown[]> = {
  Pod: (_, pod) => [pod],
  Deployment: ({ template }) => [template],
  ReplicaSet: ({ template }) => [template],
  Rollout: ({ template }) => [template],
  StatefulSet: ({ template }) => [template],
  DaemonSet: ({ template }) => [template],
  Job: ({ template }) => [template],
  CronJob: ({ jobTemplate }) => [jobTemplate?.spec?.template],
  AnalysisTemplate: ({ metrics }) =>
    ((metrics ?? []) as Loose[]).map((metric) => metric.provider?.job?.spec?.template),
};

/** An object whose schema somebody else has checked. */
// biome-ignore lint/suspicious/noExplicitAny: upstream's fields, read as they are written
export type Loose = Record<string, any>;

/** The kinds of pods that objects make, each once; and for each namespace the pods that none of its objects makes. */
export const podsOf = memoised((objects: readonly Manifest[]): readonly Pod[] => {
  const made = objects.flatMap((object) =>
    (templates[object.kind]?.((object.spec ?? {}) as Loose, object) ?? [])
      .filter((template) => template !== undefined)
      .map((template) => podOf(template as V1PodTemplateSpec, object, objects)),
  );
  const namespaces = [
    ...made.map(({ namespace }) => namespace),
    ...specs(objects, "Namespace").map(({ name }) => name),
  ];
  const strangers = [...new Set(namespaces)].map((namespace) => strangerIn(namespace, objects));
  return [...new Map([...made, ...strangers].map((pod) => [JSON.stringify(pod), pod])).values()];
});

function podOf({ metadata, spec }: V1PodTemplateSpec, from: Manifest, objects: readonly Manifest[]): Pod {
  const namespace = from.metadata.namespace ?? "default";
  const labels = metadata?.labels ?? {};
  const name = labels["app.kubernetes.io/name"] ?? from.metadata.name;
  const component = labels["app.kubernetes.io/component"] ?? from.kind;
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    id: `${namespace}/${name}/${component}`,
    namespace,
    labels,
    serviceAccount: spec?.serviceAccountName ?? "default",
    ports: Object.fromEntries(
      ports.flatMap(({ name, containerPort }) => (name ? [[name, containerPort]] : [])),
    ),
    onHost: spec?.hostNetwork === true,
    hasSidecar: isInjected(objects, namespace, { ...metadata?.annotations, ...labels }),
  };
}

/** Whatever pod somebody else may start there: what counts for it is what counts for all. */
function strangerIn(namespace: string, objects: readonly Manifest[]): Pod {
  return {
    id: `${namespace}/*`,
    namespace,
    labels: {},
    serviceAccount: "default",
    ports: {},
    onHost: false,
    hasSidecar: isInjected(objects, namespace, {}),
  };
}

/** The pods of a gateway, of which the objects of services say nothing. */
export function gatewayPods(from: Gateway): Pod[] {
  if (from.kind === "none") return [];
  const { gateway, pods, serviceAccount } = from;
  const { namespace, podLabels: labels } = pods;
  const id = `gateway ${gateway}`;
  return [{ id, gateway, namespace, labels, serviceAccount, ports: {}, onHost: false, hasSidecar: true }];
}

/** https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy */
function isInjected(objects: readonly Manifest[], namespace: string, own: Record<string, string>): boolean {
  const asked = own["sidecar.istio.io/inject"];
  if (asked !== undefined) return asked === "true";
  const labels = namespaceLabels(objects, namespace);
  return labels["istio-injection"] === "enabled" || labels["istio.io/rev"] !== undefined;
}
