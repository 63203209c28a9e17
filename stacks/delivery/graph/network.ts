import type { V1IPBlock, V1LabelSelector } from "@kubernetes/client-node";
import type { Manifest } from "../../../constructs/index.ts";
import type { Layer, Outside } from "./layer.ts";
import { memoised } from "./memoised.ts";
import { nameLabel, namespaceLabels, selects, specs, spellSelector } from "./objects.ts";
import { anything, type Opening } from "./opening.ts";
import { type Pod, podsOf } from "./pods.ts";

interface NetworkPolicy {
  readonly podSelector?: V1LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly Port[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly Port[] }[];
}

interface Peer {
  readonly namespaceSelector?: V1LabelSelector;
  readonly podSelector?: V1LabelSelector;
  readonly ipBlock?: Omit<V1IPBlock, "_except"> & { readonly except?: readonly string[] };
}

interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** One thing that a policy admits, with the namespace of the policy. */
interface Rule {
  readonly namespace: string;
  /** Left out: whoever it is. */
  readonly peers?: readonly Peer[] | undefined;
  /** Left out: all of them. */
  readonly ports?: readonly Port[] | undefined;
}

type Type = "Egress" | "Ingress";

/** What NetworkPolicies let out of pods. */
export function egress(objects: readonly Manifest[], others: readonly Pod[] = []): Layer {
  const pods = [...podsOf(objects), ...others];
  const rules = memoised((pod: Pod) => rulesOf(objects, pod, "Egress"));
  return {
    between: (from, to) => openings(objects, rules(from), to, to),
    outside: (pod) => strange(objects, pods, rules(pod)).map((end) => ({ ...end, way: "to" })),
  };
}

/** What they let into pods. */
export function ingress(objects: readonly Manifest[], others: readonly Pod[] = []): Layer {
  const pods = [...podsOf(objects), ...others];
  const rules = memoised((pod: Pod) => rulesOf(objects, pod, "Ingress"));
  return {
    between: (from, to) => openings(objects, rules(to), from, to),
    outside: (pod) => strange(objects, pods, rules(pod)).map((end) => ({ ...end, way: "from" })),
  };
}

/** What counts for a pod; nothing where no policy of the type selects it, and then it is open. */
function rulesOf(objects: readonly Manifest[], pod: Pod, type: Type): readonly Rule[] | undefined {
  const policies = specs<NetworkPolicy>(objects, "NetworkPolicy").filter(
    ({ namespace, spec }) =>
      namespace === pod.namespace &&
      typesOf(spec).includes(type) &&
      selects(spec.podSelector ?? {}, pod.labels),
  );
  if (policies.length === 0 || pod.onHost) return undefined;
  return policies.flatMap(({ namespace, spec }) =>
    type === "Egress"
      ? (spec.egress ?? []).map(({ to, ports }) => ({ namespace, peers: to, ports }))
      : (spec.ingress ?? []).map(({ from, ports }) => ({ namespace, peers: from, ports })),
  );
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource */
function typesOf({ policyTypes, egress }: NetworkPolicy): readonly string[] {
  return policyTypes ?? ["Ingress", ...(egress ? ["Egress"] : [])];
}

function openings(
  objects: readonly Manifest[],
  rules: readonly Rule[] | undefined,
  other: Pod,
  target: Pod,
): Opening[] {
  if (rules === undefined || other.onHost) return [anything];
  return rules
    .filter(
      ({ namespace, peers }) =>
        !peers?.length || peers.some((peer) => isPeer(objects, peer, namespace, other)),
    )
    .flatMap(({ ports }) => spellPorts(ports, target));
}

/** A named port is the target's to say; one that it does not have is none. */
function spellPorts(ports: readonly Port[] | undefined, target?: Pod): Opening[] {
  if (!ports?.length) return [anything];
  return ports.flatMap(({ protocol = "TCP", port, endPort }) => {
    const number = typeof port === "string" && target ? target.ports[port] : (port ?? "any");
    const suffix = protocol === "TCP" ? "" : `/${protocol}`;
    if (number === undefined) return [];
    return [{ port: `${number}${endPort === undefined ? "" : `-${endPort}`}${suffix}`, request: "any" }];
  });
}

/** Of a range of addresses nobody knows which pods have them. */
function isPeer(
  objects: readonly Manifest[],
  { namespaceSelector, podSelector, ipBlock }: Peer,
  own: string,
  pod: Pod,
): boolean {
  if (ipBlock !== undefined) return false;
  const within =
    namespaceSelector === undefined
      ? pod.namespace === own
      : selects(namespaceSelector, namespaceLabels(objects, pod.namespace));
  return within && selects(podSelector ?? {}, pod.labels);
}

/** Who is at the other end and is none of the pods. */
function strange(
  objects: readonly Manifest[],
  pods: readonly Pod[],
  rules: readonly Rule[] | undefined,
): Omit<Outside, "way">[] {
  if (rules === undefined) return [{ end: "anywhere", opening: anything }];
  return rules.flatMap(({ namespace, peers, ports }) => {
    const ends = peers?.length
      ? peers.flatMap((peer) => strangePeer(objects, pods, peer, namespace))
      : ["anywhere"];
    return ends.flatMap((end) => spellPorts(ports).map((opening) => ({ end, opening })));
  });
}

function strangePeer(objects: readonly Manifest[], pods: readonly Pod[], peer: Peer, own: string): string[] {
  const { namespaceSelector, podSelector = {}, ipBlock } = peer;
  if (ipBlock !== undefined) return [spellBlock(ipBlock)];
  const known = new Set(pods.map(({ namespace }) => namespace));
  const named = namespaceSelector === undefined ? [own] : namesOf(namespaceSelector);
  const labels = spellSelector(podSelector);
  if (named === undefined) return [`(${spellSelector(namespaceSelector ?? {})})/${labels}`];
  return named
    .filter(
      (name) =>
        !known.has(name) || !pods.some((pod) => pod.namespace === name && isPeer(objects, peer, own, pod)),
    )
    .map((name) => `${name}/${labels}`);
}

/** Addresses as a layer calls them. */
export function spellBlock({
  cidr,
  except = [],
}: {
  readonly cidr: string;
  readonly except?: readonly string[];
}): string {
  return except.length > 0 ? `${cidr} except ${except.join(", ")}` : cidr;
}

/** The namespaces that a selector can find, where it says their names. */
function namesOf({ matchLabels, matchExpressions }: V1LabelSelector): readonly string[] | undefined {
  const only = matchLabels?.[nameLabel];
  if (only !== undefined) return [only];
  return matchExpressions?.find(({ key, operator }) => key === nameLabel && operator === "In")?.values;
}
