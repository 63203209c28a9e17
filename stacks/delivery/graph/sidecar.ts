import type { Manifest } from "../../../constructs/index.ts";
import type { Layer, Outside } from "./layer.ts";
import { memoised } from "./memoised.ts";
import { type Found, selects, specs } from "./objects.ts";
import { anything, type Opening } from "./opening.ts";
import { type Pod, podsOf } from "./pods.ts";
import { rootNamespace } from "./root-namespace.ts";
import { type Routed, routed, type VirtualService } from "./routed.ts";

interface Sidecar {
  readonly workloadSelector?: { readonly labels?: Record<string, string> };
  readonly outboundTrafficPolicy?: { readonly mode?: string };
  readonly egress?: readonly { readonly hosts?: readonly string[] }[];
}

interface Service {
  readonly selector?: Record<string, string>;
  readonly ports?: readonly { readonly port: number; readonly targetPort?: number | string }[];
}

interface ServiceEntry {
  readonly hosts?: readonly string[];
  readonly ports?: readonly { readonly number: number }[];
  readonly exportTo?: readonly string[];
}

/** What the caller's own proxy knows, and so what it sends; a gateway knows the routes that bind to it. */
export function sidecar(objects: readonly Manifest[], others: readonly Pod[] = []): Layer {
  const reach = memoised((pod: Pod) =>
    pod.gateway === undefined ? reachOf(objects, pod) : routesOf(objects, pod.gateway),
  );
  const known = others.map(({ gateway }) => gateway);
  const strange = gatewaysOf(objects).filter((name) => !known.includes(name));
  return {
    between: (from, to) => {
      const known = reach(from);
      if (known === undefined) return [anything];
      return known.routes.flatMap((one) => openings(objects, one, to));
    },
    outside: (pod) => [
      ...(reach(pod)?.outside ?? [{ end: "anywhere", opening: anything }]).map(leaving),
      ...strange.flatMap((gateway) =>
        routesOf(objects, gateway)
          .routes.flatMap((one) => openings(objects, one, pod))
          .map((opening) => ({ way: "from" as const, end: `gateway ${gateway}`, opening })),
      ),
    ],
  };
}

/** The word for all sidecars among gateways. https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-gateways */
const sidecars = "mesh";

function gatewaysOf(objects: readonly Manifest[]): string[] {
  const all = specs<VirtualService>(objects, "VirtualService").flatMap(({ spec }) => spec.gateways ?? []);
  return [...new Set(all)].filter((name) => name !== sidecars);
}

function routesOf(objects: readonly Manifest[], gateway: string): Reach {
  const bound = specs<VirtualService>(objects, "VirtualService").filter(({ spec }) =>
    spec.gateways?.includes(gateway),
  );
  return { routes: bound.flatMap(routesFrom), outside: [] };
}

function routesFrom(one: Found<VirtualService>): Routed[] {
  return routed(one.spec).map((to) => ({ ...to, host: fullHost(to.host, one) }));
}

function leaving(end: Omit<Outside, "way">): Outside {
  return { ...end, way: "to" };
}

interface Reach {
  /** Where its requests go. */
  readonly routes: readonly Routed[];
  readonly outside: readonly Omit<Outside, "way">[];
}

/** Nothing where there is no proxy, or one that sends anything anywhere. */
function reachOf(objects: readonly Manifest[], pod: Pod): Reach | undefined {
  if (!pod.hasSidecar || pod.onHost || pod.sendsAsSidecar) return undefined;
  const own = sidecarOf(objects, pod);
  if (own?.outboundTrafficPolicy?.mode !== "REGISTRY_ONLY") return undefined;
  const listeners = own.egress?.length ? own.egress : [{ hosts: ["*/*"] }];
  const patterns = listeners.flatMap(({ hosts = [] }) => hosts).map((host) => patternOf(host, pod));
  const imported = <Spec extends Exported>(all: readonly Found<Spec>[]) =>
    all.filter(
      (one) =>
        isExported(one, pod) &&
        patterns.some((pattern) => one.spec.hosts?.some((host) => finds(pattern, one, host))),
    );
  const virtual = imported(specs<VirtualService>(objects, "VirtualService")).filter(
    ({ spec }) => spec.gateways?.includes(sidecars) ?? true,
  );
  const answered = new Set(virtual.flatMap(({ spec }) => spec.hosts ?? []));
  const plain = specs<Service>(objects, "Service")
    .filter((one) => patterns.some((pattern) => finds(pattern, one, hostOf(one))))
    .map(hostOf)
    .filter((host) => !answered.has(host))
    .map((host) => ({ host, requests: ["any"] }));
  const routes = virtual.flatMap(routesFrom);
  const entries = imported(specs<ServiceEntry>(objects, "ServiceEntry")).flatMap(({ spec }) =>
    (spec.hosts ?? []).flatMap((end) =>
      (spec.ports ?? []).flatMap(({ number }) =>
        (answered.has(end) ? requestsTo(end, number, routes) : ["any"]).map((request) => ({
          end,
          opening: { port: String(number), request },
        })),
      ),
    ),
  );
  return {
    routes: [...plain, ...routes],
    outside: [...entries, ...unknown(objects, patterns)],
  };
}

function requestsTo(host: string, number: number, routes: readonly Routed[]): string[] {
  return routes
    .filter((one) => one.host === host && (one.port ?? number) === number)
    .flatMap(({ requests }) => requests);
}

/** The one that selects the pod counts, else that of its namespace, else that of the whole mesh. */
function sidecarOf(objects: readonly Manifest[], pod: Pod): Sidecar | undefined {
  const all = specs<Sidecar>(objects, "Sidecar");
  const own = all.filter(({ namespace }) => namespace === pod.namespace);
  const selecting = own.filter(
    ({ spec }) =>
      spec.workloadSelector && selects({ matchLabels: spec.workloadSelector.labels ?? {} }, pod.labels),
  );
  const unselective = (some: readonly Found<Sidecar>[]) =>
    some.filter(({ spec }) => spec.workloadSelector === undefined);
  const counting = [
    selecting,
    unselective(own),
    unselective(all.filter(({ namespace }) => namespace === rootNamespace)),
  ].find((some) => some.length > 0);
  return counting && widest(counting.map(({ spec }) => spec));
}

/** Of several that select the same pods Istio takes the oldest, which no object tells: all of them count. */
function widest(sidecars: readonly Sidecar[]): Sidecar | undefined {
  const isOpen = sidecars.find(
    ({ outboundTrafficPolicy }) => outboundTrafficPolicy?.mode !== "REGISTRY_ONLY",
  );
  const [first] = sidecars;
  if (isOpen || sidecars.length < 2) return isOpen ?? first;
  return {
    ...first,
    egress: sidecars.flatMap(({ egress }) => (egress?.length ? egress : [{ hosts: ["*/*"] }])),
  };
}

/** `namespace/host`, where the namespace may be `*`, or `~` for none. */
interface Pattern {
  readonly namespace: string;
  readonly host: string;
}

function patternOf(text: string, pod: Pod): Pattern {
  const [namespace = "", host = ""] = text.split("/");
  return { namespace: namespace === "." ? pod.namespace : namespace, host };
}

/** Istio looks for Services and VirtualServices in the namespace that is named: where these stand, not where they lead. */
function finds(pattern: Pattern, { namespace }: Found<unknown>, host: string): boolean {
  return (pattern.namespace === "*" || pattern.namespace === namespace) && hostMatches(pattern.host, host);
}

function hostMatches(pattern: string, host: string): boolean {
  return pattern === host || pattern === "*" || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
}

interface Exported {
  readonly hosts?: readonly string[];
  readonly exportTo?: readonly string[];
}

function isExported({ namespace, spec }: Found<Exported>, pod: Pod): boolean {
  return (spec.exportTo ?? ["*"]).some((to) => to === "*" || (to === "." ? namespace : to) === pod.namespace);
}

function hostOf({ name, namespace }: Found<unknown>): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** A short name is one of the namespace of who writes it. */
function fullHost(host: string, { namespace }: Found<unknown>): string {
  return host.includes(".") ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** Hosts that no object here has, of namespaces that somebody else fills. */
function unknown(objects: readonly Manifest[], patterns: readonly Pattern[]): Omit<Outside, "way">[] {
  const known = new Set(podsOf(objects).map(({ namespace }) => namespace));
  return patterns
    .filter(({ namespace }) => !namespace.startsWith("~") && !known.has(namespace))
    .map(({ namespace, host }) => ({ end: `${namespace}/${host}`, opening: anything }));
}

/** What a way of the proxy lets ask of pods: those behind the Service that it leads to. */
function openings(objects: readonly Manifest[], { host, port, requests }: Routed, to: Pod): Opening[] {
  return specs<Service>(objects, "Service")
    .filter(
      (one) =>
        hostOf(one) === host &&
        one.namespace === to.namespace &&
        one.spec.selector !== undefined &&
        selects({ matchLabels: one.spec.selector }, to.labels),
    )
    .flatMap(({ spec }) => spec.ports ?? [])
    .filter((one) => port === undefined || one.port === port)
    .flatMap((one) => requests.map((request) => ({ port: targetOf(one, to), request })));
}

function targetOf(
  { port, targetPort = port }: { readonly port: number; readonly targetPort?: number | string },
  { ports }: Pod,
): string {
  return String(typeof targetPort === "string" ? (ports[targetPort] ?? port) : targetPort);
}
