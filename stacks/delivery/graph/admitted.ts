import type { V1LabelSelector } from "@kubernetes/client-node";
import type { Manifest } from "../../../constructs/index.ts";
import { type Pod, selects, specs } from "./pods.ts";

interface NetworkPolicy {
  readonly podSelector: V1LabelSelector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly Port[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly Port[] }[];
}

interface Peer {
  readonly namespaceSelector?: V1LabelSelector;
  readonly podSelector?: V1LabelSelector;
}

interface Port {
  readonly protocol?: string;
  readonly port?: number;
}

/** Whether NetworkPolicies let a pod out and in at the other end, over TCP. */
export function admitted(objects: readonly Manifest[], from: Pod, to: Pod, port: number): boolean {
  return (
    lets(objects, from, "Egress", to, port, ({ egress = [] }) =>
      egress.map(({ to, ports }) => ({ peers: to, ports })),
    ) &&
    lets(objects, to, "Ingress", from, port, ({ ingress = [] }) =>
      ingress.map(({ from, ports }) => ({ peers: from, ports })),
    )
  );
}

/** A pod that no policy of a type selects is open; else one rule of one of them must let it through. */
function lets(
  objects: readonly Manifest[],
  pod: Pod,
  type: string,
  other: Pod,
  port: number,
  rulesOf: (
    policy: NetworkPolicy,
  ) => { peers?: readonly Peer[] | undefined; ports?: readonly Port[] | undefined }[],
): boolean {
  const policies = specs<NetworkPolicy>(objects, "NetworkPolicy").filter(
    ({ namespace, spec }) =>
      namespace === pod.namespace && spec.policyTypes.includes(type) && selects(spec.podSelector, pod.labels),
  );
  return (
    policies.length === 0 ||
    policies.some(({ namespace, spec }) =>
      rulesOf(spec).some(
        ({ peers, ports }) =>
          (peers === undefined || peers.some((peer) => isPeer(objects, peer, namespace, other))) &&
          (ports === undefined ||
            ports.some((one) => (one.protocol ?? "TCP") === "TCP" && (one.port ?? port) === port)),
      ),
    )
  );
}

/** A peer that selects neither pods nor namespaces is a range of addresses, and no pod. */
function isPeer(
  objects: readonly Manifest[],
  { namespaceSelector, podSelector }: Peer,
  own: string,
  pod: Pod,
): boolean {
  if (namespaceSelector === undefined && podSelector === undefined) return false;
  const within =
    namespaceSelector === undefined
      ? pod.namespace === own
      : selects(namespaceSelector, namespaceLabels(objects, pod.namespace));
  return within && selects(podSelector ?? {}, pod.labels);
}

/** The API server adds the name. */
function namespaceLabels(objects: readonly Manifest[], name: string): Record<string, string> {
  const found = objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === name);
  return { ...found?.metadata.labels, "kubernetes.io/metadata.name": name };
}
