import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "../../../constructs/index.ts";
import { type Loose, templatesOf } from "./pods.ts";

/** The fields of each kind that the layers read, or that open nothing. A field in braces is one of these again. */
interface Shape {
  readonly [field: string]: true | Shape | readonly string[];
}

const selector: Shape = { matchLabels: true, matchExpressions: true };
const peer: Shape = { namespaceSelector: selector, podSelector: selector, ipBlock: true };
const ports: Shape = { protocol: true, port: true, endPort: true };
const destination: Shape = { host: true, port: true };

const shapes: Readonly<Record<string, Shape | true>> = {
  NetworkPolicy: {
    podSelector: selector,
    policyTypes: true,
    ingress: { from: peer, ports },
    egress: { to: peer, ports },
  },
  AuthorizationPolicy: {
    selector: { matchLabels: true },
    action: ["ALLOW", "DENY", "AUDIT"],
    rules: {
      from: { source: { principals: true, namespaces: true } },
      to: { operation: { ports: true, methods: true, paths: true } },
    },
  },
  PeerAuthentication: { selector: { matchLabels: true }, mtls: { mode: true } },
  Sidecar: {
    workloadSelector: { labels: true },
    outboundTrafficPolicy: { mode: true },
    egress: { hosts: true },
  },
  VirtualService: {
    hosts: true,
    gateways: true,
    exportTo: true,
    http: {
      name: true,
      match: { name: true, uri: true, method: true },
      route: { destination, weight: true, headers: true },
      mirror: destination,
      mirrors: { destination, percentage: true },
      mirrorPercentage: true,
      timeout: true,
      retries: true,
      fault: true,
      headers: true,
      corsPolicy: true,
      directResponse: true,
      redirect: true,
    },
  },
  ServiceEntry: {
    hosts: true,
    addresses: true,
    ports: true,
    location: true,
    resolution: true,
    exportTo: true,
    endpoints: true,
    subjectAltNames: true,
  },
  // The other types lead out of the cluster, or into it.
  Service: {
    type: ["ClusterIP"],
    selector: true,
    ports: true,
    clusterIP: true,
    clusterIPs: true,
    ipFamilies: true,
    ipFamilyPolicy: true,
    internalTrafficPolicy: true,
    publishNotReadyAddresses: true,
    sessionAffinity: true,
    sessionAffinityConfig: true,
    trafficDistribution: true,
  },
  // How a proxy connects; whoever it may not ask refuses it all the same.
  DestinationRule: true,
};

/** What opens or closes ways, by group and kind; Endpoints and EndpointSlices say to which addresses a Service leads. */
const ways =
  /^(v1\/Endpoints$|(discovery\.k8s\.io|networking\.k8s\.io|policy\.networking\.k8s\.io|gateway\.networking\.k8s\.io|networking\.istio\.io|security\.istio\.io|extensions\.istio\.io|cilium\.io|(crd\.)?projectcalico\.org)\/)/;

/**
 * What cannot be decided from the objects: a kind that no layer reads, unless it is as the kit renders it, or a field of
 * one that they do read. Never passed over: whatever it does, it counts as a difference.
 */
export function undecided(objects: readonly Manifest[], own: readonly Manifest[]): string[] {
  const rendered = new Map(own.map((object) => [nameOf(object), object]));
  return objects.flatMap((object) => {
    const isOwn = isDeepStrictEqual(rendered.get(nameOf(object)), object);
    const found = [...(isOwn && !isRead(object) ? [] : reasons(object)), ...pastSidecar(object)];
    return found.map((reason) => `${nameOf(object)}: ${reason}`);
  });
}

function isRead({ kind }: Manifest): boolean {
  return Object.hasOwn(shapes, kind);
}

function nameOf({ kind, metadata }: Manifest): string {
  return [kind, [metadata.namespace, metadata.name].filter(Boolean).join("/")].join(" ");
}

function reasons(object: Manifest): string[] {
  const shape = Object.hasOwn(shapes, object.kind) ? shapes[object.kind] : undefined;
  if (shape !== undefined) return [...unread(object.spec, shape, "spec"), ...leadsAnywhere(object)];
  return ways.test(`${object.apiVersion}/${object.kind}`) ? ["no layer reads this kind"] : [];
}

/** Without a selector somebody else says where a Service leads. */
function leadsAnywhere({ kind, spec }: Manifest): string[] {
  const { selector = {} } = (spec ?? {}) as Loose;
  return kind === "Service" && Object.keys(selector).length === 0
    ? ["without spec.selector its endpoints may be anywhere"]
    : [];
}

/** Annotations that say what is led to the sidecar, or which one it is. https://istio.io/latest/docs/reference/config/annotations/ */
const redirecting =
  /^(traffic\.sidecar\.istio\.io\/|inject\.istio\.io\/|proxy\.istio\.io\/config$|sidecar\.istio\.io\/(interceptionMode|bootstrapOverride)$)/;

/** The kit renders none of these, so they count in its own objects as well, where patches have put them. */
function pastSidecar(object: Manifest): string[] {
  const names = templatesOf(object).flatMap(({ metadata }) => Object.keys(metadata?.annotations ?? {}));
  return [...new Set(names)]
    .filter((name) => redirecting.test(name))
    .map((name) => `the annotation ${name} may lead past the sidecar`);
}

function unread(value: unknown, shape: Shape[string], path: string): string[] {
  if (shape === true || value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one, index) => unread(one, shape, `${path}[${index}]`));
  if (Array.isArray(shape))
    return shape.includes(value) ? [] : [`${path} ${String(value)} is not understood`];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = (shape as Shape)[field];
    return known === undefined
      ? [`${path}.${field} is not understood`]
      : unread(inner, known, `${path}.${field}`);
  });
}
