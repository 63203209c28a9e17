import type { V1LabelSelector, V1NetworkPolicyPort } from "@kubernetes/client-node";
import type { AddressBlock } from "../model/cidr.ts";
import type { PlatformCaller, PlatformEdge } from "../model/environment.ts";
import type { PlatformPods } from "../model/gateway.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { edgeName, type Pods } from "./peers.ts";

/** Upstream's own words; the client library's type renames `from`, which JSON does not. */
interface NetworkPolicy {
  spec: {
    podSelector: V1LabelSelector;
    policyTypes: ("Ingress" | "Egress")[];
    ingress?: { from: Peer[]; ports: V1NetworkPolicyPort[] }[];
    egress?: { to: Peer[]; ports: V1NetworkPolicyPort[] }[];
  };
}

interface Peer {
  namespaceSelector?: V1LabelSelector;
  podSelector?: V1LabelSelector;
  ipBlock?: AddressBlock;
}

/** Nothing enters or leaves a pod unless another policy admits it, and every pod may use what the platform offers. */
export function networkManifests(service: ResolvedService): Manifest[] {
  const { platformEdges, platformCallers } = service.environment;
  return [
    policy(service, "default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    ...platformEdges.map((edge) => platformPolicy(service, edge)),
    ...platformCallers.map((caller) => callerPolicy(service, caller)),
  ];
}

/** What the environment offers to every pod; whoever offers it admits it at its own end. */
function platformPolicy(service: ResolvedService, { name, to, ports }: PlatformEdge): Manifest {
  return policy(service, `platform-to-${name}`, {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ to: [platformPeer(to)], ports: [...ports] }],
  });
}

/** Who of the environment asks every pod; it lets itself out at its own end. */
function callerPolicy(service: ResolvedService, { name, from, ports }: PlatformCaller): Manifest {
  return policy(service, `platform-from-${name}`, {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [platformPeer(from)], ports: [...ports] }],
  });
}

/** The end of an edge from the platform to some of the service's pods. */
export function ingressFromPlatform(
  service: ResolvedService,
  name: string,
  from: PlatformPods,
  to: Pods,
  port: number,
): Manifest {
  return policy(service, name, {
    podSelector: podSelector(to),
    policyTypes: ["Ingress"],
    ingress: [{ from: [platformPeer(from)], ports: tcp(port) }],
  });
}

/** Pods of the platform by the name of their namespace, which nobody else can have, and their own labels. */
function platformPeer({ namespace, podLabels }: PlatformPods): Peer {
  return { namespaceSelector: inNamespace(namespace), podSelector: { matchLabels: { ...podLabels } } };
}

/** The end that leaves: names of pods rather than addresses, which change. */
export function egress(owner: ResolvedService, from: Pods, name: string, to: Peer[], port: number): Manifest {
  return policy(owner, name, {
    podSelector: podSelector(from),
    policyTypes: ["Egress"],
    egress: [{ to, ports: tcp(port) }],
  });
}

/** The end that enters, in the namespace of what is entered. */
export function ingress(owner: ResolvedService, from: Pods, to: Pods, port: number): Manifest {
  const admitted: NetworkPolicy["spec"] = {
    podSelector: podSelector(to),
    policyTypes: ["Ingress"],
    ingress: [{ from: [pods(from)], ports: tcp(port) }],
  };
  return policy(owner, edgeName(to, "from", from), admitted, to.namespace);
}

/**
 * Policies add up: each admits one thing, and none forbids what another one admits.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
function policy(
  owner: ResolvedService,
  name: string,
  spec: NetworkPolicy["spec"],
  namespace = owner.namespace,
): Manifest {
  return manifest<NetworkPolicy>(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { ...metadata(owner, name, "foundation"), namespace },
    { spec },
  );
}

/** Both together in one peer: the pods of this name in this namespace, and not either of them. */
export function pods(of: Pods): Peer {
  return { namespaceSelector: inNamespace(of.namespace), podSelector: podSelector(of) };
}

/** A service's pods of some kinds: its jobs may call what its database may not. */
function podSelector({ service, components }: Pods): V1LabelSelector {
  return {
    matchLabels: { "app.kubernetes.io/name": service },
    matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: [...components] }],
  };
}

/**
 * The one label of a namespace that nobody can forge: the API server writes it.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
 */
function inNamespace(name: string): V1LabelSelector {
  return { matchLabels: { "kubernetes.io/metadata.name": name } };
}

/** HTTP and databases speak TCP. */
function tcp(port: number): V1NetworkPolicyPort[] {
  return [{ protocol: "TCP", port }];
}
