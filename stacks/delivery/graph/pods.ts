import type { V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
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
  /** Whether what it sends passes its sidecar by, as what the sidecar itself sends does. */
  readonly sendsAsSidecar: boolean;
  /** The Gateway that it serves, as VirtualServices name it. */
  readonly gateway?: string;
}

/** An object whose schema somebody else has checked. */
// biome-ignore lint/suspicious/noExplicitAny: upstream's fields, read as they are written
export type Loose = Record<string, any>;

/** The kinds of pods that objects make, each once; and for each namespace the pods that none of its objects makes. */
export const podsOf = memoised((objects: readonly Manifest[]): readonly Pod[] => {
  const made = objects.flatMap((object) =>
    templatesOf(object).map((template) => podOf(template, object, objects)),
  );
  const namespaces = [
    ...made.map(({ namespace }) => namespace),
    ...specs(objects, "Namespace").map(({ name }) => name),
  ];
  const strangers = [...new Set(namespaces)].map((namespace) => strangerIn(namespace, objects));
  return [...new Map([...made, ...strangers].map((pod) => [JSON.stringify(pod), pod])).values()];
});

/** The templates of pods, wherever they stand in an object and whatever its kind: what has a spec with containers. */
export function templatesOf(value: unknown): V1PodTemplateSpec[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(templatesOf);
  return Array.isArray((value as Loose).spec?.containers) ? [value as V1PodTemplateSpec, ...inner] : inner;
}

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
    sendsAsSidecar: spec !== undefined && runsAsSidecar(spec),
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
    sendsAsSidecar: false,
  };
}

/** The pods of a gateway, of which the objects of services say nothing. */
export function gatewayPods(from: Gateway): Pod[] {
  if (from.kind === "none") return [];
  const { gateway, pods, serviceAccount } = from;
  const { namespace, podLabels: labels } = pods;
  const id = `gateway ${gateway}`;
  const proxied = { onHost: false, hasSidecar: true, sendsAsSidecar: false };
  return [{ id, gateway, namespace, labels, serviceAccount, ports: {}, ...proxied }];
}

/** The user and group of the sidecar, whose packets are not led to it. https://istio.io/latest/docs/ops/deployment/application-requirements/ */
const sidecarId = 1337;

function runsAsSidecar({ securityContext, containers, initContainers = [] }: V1PodSpec): boolean {
  const contexts = [...containers, ...initContainers].map((container) => container.securityContext);
  return [securityContext, ...contexts].some(
    (context) => context?.runAsUser === sidecarId || context?.runAsGroup === sidecarId,
  );
}

/** https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy */
function isInjected(objects: readonly Manifest[], namespace: string, own: Record<string, string>): boolean {
  const asked = own["sidecar.istio.io/inject"];
  if (asked !== undefined) return asked === "true";
  const labels = namespaceLabels(objects, namespace);
  return labels["istio-injection"] === "enabled" || labels["istio.io/rev"] !== undefined;
}
