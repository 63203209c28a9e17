import type { Manifest } from "../../../constructs/index.ts";
import { type Pod, selects, specs } from "./pods.ts";

interface Sidecar {
  readonly workloadSelector?: { readonly labels: Record<string, string> };
  readonly outboundTrafficPolicy?: { readonly mode?: string };
  readonly egress?: readonly { readonly hosts: readonly string[] }[];
}

interface Service {
  readonly selector?: Record<string, string>;
  readonly ports: readonly { readonly port: number; readonly targetPort?: number | string }[];
}

interface VirtualService {
  readonly gateways?: readonly string[];
  readonly http?: readonly { readonly route?: readonly { readonly destination: Destination }[] }[];
}

interface Destination {
  readonly host: string;
  readonly port?: { readonly number?: number };
}

/**
 * Whether the proxy of a pod knows a Service that leads to another one; one that may send anywhere knows all, and a
 * gateway what routes bind to it.
 */
export function known(objects: readonly Manifest[], from: Pod, to: Pod, port: number): boolean {
  if (from.gateway !== undefined) return isRouted(objects, from.gateway, to, port);
  const sidecar = sidecarOf(objects, from);
  if (sidecar?.outboundTrafficPolicy?.mode !== "REGISTRY_ONLY") return true;
  const hosts = (sidecar.egress ?? [{ hosts: ["*/*"] }]).flatMap((listener) => listener.hosts);
  return servicesOf(objects, to, port).some((host) => hosts.some((one) => matches(one, from, to, host)));
}

function isRouted(objects: readonly Manifest[], gateway: string, to: Pod, port: number): boolean {
  const hosts = servicesOf(objects, to, port);
  return specs<VirtualService>(objects, "VirtualService")
    .filter(({ spec }) => spec.gateways?.includes(gateway))
    .flatMap(({ spec }) => spec.http ?? [])
    .flatMap(({ route }) => route ?? [])
    .some(
      ({ destination }) => hosts.includes(destination.host) && (destination.port?.number ?? port) === port,
    );
}

/** The one that selects the pod counts, and else the one of its namespace. */
function sidecarOf(objects: readonly Manifest[], pod: Pod): Sidecar | undefined {
  const own = specs<Sidecar>(objects, "Sidecar").filter(({ namespace }) => namespace === pod.namespace);
  const selecting = own.find(
    ({ spec }) => spec.workloadSelector && selects({ matchLabels: spec.workloadSelector.labels }, pod.labels),
  );
  return (selecting ?? own.find(({ spec }) => spec.workloadSelector === undefined))?.spec;
}

function servicesOf(objects: readonly Manifest[], pod: Pod, port: number): string[] {
  return specs<Service>(objects, "Service")
    .filter(
      ({ namespace, spec }) =>
        namespace === pod.namespace &&
        spec.selector !== undefined &&
        selects({ matchLabels: spec.selector }, pod.labels) &&
        spec.ports.some((one) => [one.port, one.targetPort].includes(port)),
    )
    .map(({ name, namespace }) => `${name}.${namespace}.svc.cluster.local`);
}

/** `namespace/host`, where `.` is the pod's own namespace, `*` any, and `~` none. */
function matches(pattern: string, from: Pod, to: Pod, host: string): boolean {
  const [namespace = "", name = ""] = pattern.split("/");
  const inNamespace = namespace === "*" || (namespace === "." ? from.namespace : namespace) === to.namespace;
  return inNamespace && (name === "*" || name === host);
}
