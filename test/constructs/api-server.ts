import type {
  V1Container,
  V1LabelSelector,
  V1PodTemplateSpec,
  V1StatefulSetSpec,
} from "@kubernetes/client-node";
import type { Manifest } from "../../constructs/index.ts";

/** What the API server says against a manifest beyond its schema; a selection of its validation, written anew. */
export function apiServerRefusals(manifest: Manifest): string[] {
  return [
    ...metadataRefusals(manifest),
    ...kindRefusals(manifest),
    ...podTemplates(manifest).flatMap(podRefusals),
  ];
}

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(?=.{0,63}$)(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;
const qualifiedName = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const quantity = /^\d+(?:\.\d+)?(?:m|[KMGTPE]i|[kMGTPE])?$/;

function metadataRefusals({ kind, metadata }: Manifest): string[] {
  const isLabel = ["Service", "Namespace", "StatefulSet", "Job"].includes(kind);
  const annotations = Object.entries(metadata.annotations ?? {}).join("");
  return [
    ...unless((isLabel ? label : subdomain).test(metadata.name), `metadata.name ${metadata.name}`),
    ...unless(
      metadata.namespace === undefined || label.test(metadata.namespace),
      `namespace ${metadata.namespace}`,
    ),
    ...labelRefusals(metadata.labels),
    ...unless(annotations.length <= 256 * 1024, "annotations are too long"),
    ...unless(JSON.stringify(metadata).length < 300_000, "metadata is too long"),
  ];
}

function labelRefusals(labels: Record<string, string> = {}): string[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...unless(qualifiedName.test(key), `label ${key}`),
    ...unless(labelValue.test(value), `label ${key}=${value}`),
  ]);
}

function kindRefusals(manifest: Manifest): string[] {
  return kinds[manifest.kind]?.(manifest.metadata.name, manifest.spec ?? manifest) ?? [];
}

// biome-ignore lint/suspicious/noExplicitAny: the schemas have judged the shapes already
const kinds: Record<string, (name: string, spec: any) => string[]> = {
  ConfigMap: (_, { data }) => [
    ...unless(Object.values<string>(data).join("").length <= 1024 * 1024, "data is too long"),
    ...Object.keys(data).flatMap((key) =>
      unless(/^[-.\w]{1,253}$/.test(key) && key !== "." && !key.startsWith(".."), `data key ${key}`),
    ),
  ],
  CronJob: (name, { jobTemplate }) => [
    ...unless(name.length <= 52, "name of a CronJob is too long"),
    ...unless(jobTemplate.spec.activeDeadlineSeconds > 0, "activeDeadlineSeconds"),
  ],
  HorizontalPodAutoscaler: (_, { minReplicas, maxReplicas, metrics, behavior }) => [
    ...unless(minReplicas >= 1 && minReplicas <= maxReplicas, `replicas ${minReplicas} to ${maxReplicas}`),
    ...unless(metrics[0].resource.target.averageUtilization >= 1, "averageUtilization"),
    ...unless(behavior.scaleDown.stabilizationWindowSeconds <= 3600, "stabilizationWindowSeconds"),
  ],
  Deployment: (_, { progressDeadlineSeconds, minReadySeconds = 0, selector, template }) => [
    ...unless(progressDeadlineSeconds > minReadySeconds, "progressDeadlineSeconds"),
    ...selectorRefusals(selector, template),
  ],
  Rollout: (_, { selector, template }) => selectorRefusals(selector, template),
  StatefulSet: (_, { selector, template, volumeClaimTemplates }) => [
    ...selectorRefusals(selector, template),
    ...unless(quantity.test(volumeClaimTemplates[0].spec.resources.requests.storage), "storage"),
  ],
  Service: (_, { ports, selector }) => [
    ...labelRefusals(selector),
    ...ports.flatMap(({ port }: { port: number }) => portRefusals(port)),
  ],
};

function selectorRefusals({ matchLabels }: V1LabelSelector, { metadata }: V1PodTemplateSpec): string[] {
  return Object.entries(matchLabels ?? {}).flatMap(([key, value]) =>
    unless(metadata?.labels?.[key] === value, `selector ${key}=${value} does not match the template`),
  );
}

function portRefusals(port: number): string[] {
  return unless(port >= 1 && port <= 65535, `port ${port}`);
}

/** Every pod template of an object, the Jobs of an analysis included. */
function podTemplates(value: unknown): V1PodTemplateSpec[] {
  if (typeof value !== "object" || value === null) return [];
  const { template, volumeClaimTemplates = [] } = value as V1StatefulSetSpec;
  const claims = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata?.name ?? "" }));
  const own = template?.spec?.containers
    ? [{ ...template, spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] } }]
    : [];
  return [...own, ...Object.values(value).flatMap(podTemplates)];
}

function podRefusals({ metadata, spec }: V1PodTemplateSpec): string[] {
  const volumes = (spec?.volumes ?? []).map(({ name }) => name);
  return [
    ...labelRefusals(metadata?.labels),
    ...unless(new Set(volumes).size === volumes.length, `volumes ${volumes}`),
    ...(spec?.containers ?? []).flatMap((container) => containerRefusals(container, volumes)),
  ];
}

function containerRefusals(container: V1Container, volumes: string[]): string[] {
  const { name, image, env = [], ports = [], resources, volumeMounts = [] } = container;
  const mountPaths = volumeMounts.map(({ mountPath }) => mountPath);
  const names = env.map((variable) => variable.name);
  return [
    ...unless(label.test(name), `container name ${name}`),
    ...unless(image !== undefined && image === image.trim() && image !== "", `image ${image}`),
    ...unless(
      names.every((variable) => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(variable)),
      `env ${names}`,
    ),
    ...unless(new Set(names).size === names.length, `env ${names} repeats a name`),
    ...unless(Buffer.byteLength(JSON.stringify(container)) < 1_000_000, "container is too long"),
    ...ports.flatMap(({ containerPort }) => portRefusals(containerPort)),
    ...unless(new Set(mountPaths).size === mountPaths.length, `mounts ${mountPaths}`),
    ...volumeMounts.flatMap((mount) => unless(volumes.includes(mount.name), `volume ${mount.name}`)),
    ...quantityRefusals(resources?.requests, resources?.limits),
    ...probeRefusals(container),
  ];
}

function quantityRefusals(
  requests: Record<string, string> = {},
  limits: Record<string, string> = {},
): string[] {
  return [...Object.values(requests), ...Object.values(limits)].flatMap((value) =>
    unless(quantity.test(value), `quantity ${value}`),
  );
}

function probeRefusals({ startupProbe, readinessProbe, livenessProbe }: V1Container): string[] {
  return [startupProbe, readinessProbe, livenessProbe].flatMap((probe) =>
    unless(
      probe === undefined || ((probe.failureThreshold ?? 1) >= 1 && probe.httpGet?.path !== ""),
      `probe ${JSON.stringify(probe)}`,
    ),
  );
}

function unless(holds: boolean, refusal: string): string[] {
  return holds ? [] : [refusal];
}
