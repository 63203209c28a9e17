import type { Environment, Manifest, PlatformEdge, ResolvedService } from "../../../constructs/index.ts";
import type { PlatformPods } from "../../../constructs/model/gateway.ts";
import type { ResolvedRequest } from "../../../constructs/model/requests.ts";
import { smokeTestRequests } from "../../../constructs/model/rollout.ts";
import { spellBlock } from "./network.ts";
import { spellSelector } from "./objects.ts";
import type { Opening } from "./opening.ts";
import { podsOf } from "./pods.ts";

/** What one end may ask of the other one, in the words of the layers. */
export interface Declared extends Opening {
  readonly from: string;
  readonly to: string;
}

/** The call graph of the descriptions as each layer must have it, and no wider. */
export interface DeclaredGraph {
  readonly egress: readonly Declared[];
  readonly ingress: readonly Declared[];
  readonly sidecar: readonly Declared[];
  readonly authorization: readonly Declared[];
  /** The pods that the descriptions know of. */
  readonly pods: readonly string[];
}

/** What is declared; which pods there are besides the services' own, the objects say. */
export function declaredGraph(
  services: readonly ResolvedService[],
  environment: Environment,
  objects: readonly Manifest[],
): DeclaredGraph {
  const edges = services.flatMap((service) => [
    ...calls(service),
    ...ownDatabase(service),
    ...smokeTest(service),
    ...fromGateway(service),
  ]);
  const anyRequest = edges.map((edge) => ({ ...edge, request: "any" }));
  const callers = services.flatMap((service) => platformCallers(service, environment, objects));
  const platform = services.flatMap((service) => platformEdges(service, environment, objects));
  return {
    // The gateway's own end is the platform's.
    egress: [
      ...anyRequest.filter(({ from }) => !isGateway(from)),
      ...services.flatMap(managedSubnets),
      ...services.flatMap(externalAddresses),
      ...platform,
    ],
    ingress: [...anyRequest, ...callers],
    // A smoke test asks for the new version, of which the proxy has no routes; and a database speaks no HTTP.
    sidecar: [
      ...edges.map((edge) => (edge.from.endsWith("/smoke-test") ? { ...edge, request: "any" } : edge)),
      ...services.flatMap(managedHost),
      ...services.flatMap(externalHosts),
    ],
    authorization: [
      ...services.flatMap((service) => sharedIdentity(service, edges)),
      ...edges.filter(({ from }) => isGateway(from)),
    ],
    pods: [...new Set(edges.flatMap(({ from, to }) => [from, to]))],
  };
}

/** The pods of a service, as the objects call them. */
function pods({ name, namespace }: Pick<ResolvedService, "name" | "namespace">, component: string): string {
  return `${namespace}/${name}/${component}`;
}

/** The kinds of pods that are the service itself, in whose name its calls are made. */
function callers({ jobs }: ResolvedService): string[] {
  return ["service", ...(jobs.length > 0 ? ["job"] : [])];
}

function databaseUsers(service: ResolvedService): string[] {
  return [...callers(service), ...(service.database?.migrations ? ["migration"] : [])];
}

function calls(service: ResolvedService): Declared[] {
  const inside = service.calls.filter(({ external }) => external === undefined);
  return callers(service).flatMap((component) =>
    inside.flatMap(({ callee, namespace, port, requests }) =>
      requests.flatMap(spelled).map((request) => ({
        from: pods(service, component),
        to: pods({ name: callee, namespace }, "service"),
        port: String(port),
        request,
      })),
    ),
  );
}

/** Where an external answers; a NetworkPolicy cannot name a host. */
function externalAddresses(service: ResolvedService): Declared[] {
  return callers(service).flatMap((component) =>
    service.calls.flatMap(({ external }) =>
      (external?.place?.blocks ?? []).map((block) => ({
        from: pods(service, component),
        to: spellBlock(block),
        port: String(external?.place?.port),
        request: "any",
      })),
    ),
  );
}

/** An external as the caller's proxy knows it. */
function externalHosts(service: ResolvedService): Declared[] {
  const outside = service.calls.filter(({ external }) => external !== undefined);
  return callers(service).flatMap((component) =>
    outside.flatMap(({ host, port, requests }) =>
      requests
        .flatMap(spelled)
        .map((request) => ({ from: pods(service, component), to: host, port: String(port), request })),
    ),
  );
}

/** `GET /items/{*}` */
function spelled({ methods, path }: ResolvedRequest): string[] {
  return methods.map((method) => `${method} ${path.replace(/\{\w+\}/g, "{*}")}`);
}

function ownDatabase(service: ResolvedService): Declared[] {
  const { database } = service;
  if (database?.store.kind !== "statefulset") return [];
  return databaseUsers(service).map((component) => ({
    from: pods(service, component),
    to: pods(service, "database"),
    port: String(database.port),
    request: "any",
  }));
}

function smokeTest(service: ResolvedService): Declared[] {
  return smokeTestRequests(service.rollout)
    .flatMap(spelled)
    .map((request) => ({
      from: pods(service, "smoke-test"),
      to: pods(service, "service"),
      port: String(service.api.port),
      request,
    }));
}

/** What the world outside may ask, in an environment that has a way in. */
function fromGateway({ name, namespace, api, environment }: ResolvedService): Declared[] {
  const { gateway, mesh } = environment;
  if (gateway.kind === "none" || mesh.kind === "none") return [];
  return api.public.flatMap(spelled).map((request) => ({
    from: `gateway ${gateway.gateway}`,
    to: pods({ name, namespace }, "service"),
    port: String(api.port),
    request,
  }));
}

function isGateway(from: string): boolean {
  return from.startsWith("gateway ");
}

function managedSubnets(service: ResolvedService): Declared[] {
  const { database } = service;
  if (database?.store.kind !== "managed") return [];
  return database.store.subnets.flatMap((to) => toManaged(service, to, database.port));
}

function managedHost(service: ResolvedService): Declared[] {
  const { database, name, namespace } = service;
  if (database?.store.kind !== "managed") return [];
  return toManaged(service, `${name}-database.${namespace}.managed`, database.port);
}

function toManaged(service: ResolvedService, to: string, port: number): Declared[] {
  return databaseUsers(service).map((component) => ({
    from: pods(service, component),
    to,
    port: String(port),
    request: "any",
  }));
}

/** What the platform offers is for every pod of a service's namespace. */
function platformEdges(
  service: ResolvedService,
  { platformEdges }: Environment,
  objects: readonly Manifest[],
): Declared[] {
  return platformEdges.flatMap(({ to, ports }) =>
    withPlatform(service, objects, to, ports).map(({ pod, end, port }) => ({
      from: pod,
      to: end,
      port,
      request: "any",
    })),
  );
}

/** And so is who of the platform asks. */
function platformCallers(
  service: ResolvedService,
  { platformCallers }: Environment,
  objects: readonly Manifest[],
): Declared[] {
  return platformCallers.flatMap(({ from, ports }) =>
    withPlatform(service, objects, from, ports).map(({ pod, end, port }) => ({
      from: end,
      to: pod,
      port,
      request: "any",
    })),
  );
}

function withPlatform(
  { namespace }: ResolvedService,
  objects: readonly Manifest[],
  platform: PlatformPods,
  ports: PlatformEdge["ports"],
): { pod: string; end: string; port: string }[] {
  const end = `${platform.namespace}/${spellSelector({ matchLabels: { ...platform.podLabels } })}`;
  const here = podsOf(objects).filter((pod) => pod.namespace === namespace);
  return here.flatMap(({ id: pod }) =>
    ports.map(({ protocol, port }) => ({
      pod,
      end,
      port: protocol === "TCP" ? String(port) : `${port}/${protocol}`,
    })),
  );
}

/** The service and its jobs are one ServiceAccount, and so one caller. */
function sharedIdentity(service: ResolvedService, edges: readonly Declared[]): Declared[] {
  const sharing = callers(service).map((component) => pods(service, component));
  return edges
    .filter(({ from }) => from.startsWith(`${service.namespace}/`))
    .flatMap((edge) =>
      sharing.includes(edge.from)
        ? sharing.filter((from) => from !== edge.to).map((from) => ({ ...edge, from }))
        : [edge],
    );
}
