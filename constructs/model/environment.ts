import { Duration, type Size } from "cdk8s";
import { z } from "zod";
import { cidr } from "./cidr.ts";
import { type ConsulEntry, consulEntries } from "./consul.ts";
import type { DatabaseStore } from "./database.ts";
import { type ExternalPlace, externalPlaces } from "./external-place.ts";
import { type Gateway, gatewaySchema, type PlatformPods, platformPods } from "./gateway.ts";
import { referenceProblems } from "./image.ts";
import { type Mesh, meshSchema } from "./mesh.ts";
import { longestServiceName, platformLabel } from "./names.ts";
import { type Policies, policiesSchema } from "./policies.ts";
import { didYouMean, type Problem } from "./problem.ts";
import { type Rehearsal, rehearsalsSchema, rehearsalsWithoutMesh } from "./rehearsals.ts";
import type { Resources } from "./resources.ts";
import type { Scaling } from "./scaling.ts";
import { fields, record, schemaProblems } from "./shape.ts";
import { wholeSeconds } from "./units.ts";

/** Where services go: values only, never a name to branch on. The shop writes them in stacks/environments.ts. */
export interface Environment {
  /** Name of the environment and of its Pulumi stack: a DNS label that does not end in `-platform`. */
  readonly name: string;
  /**
   * Put before a service's name to make its namespace, so that two environments can share a cluster, e.g. `dev-`.
   * Lower-case letters, digits and dashes, at most 33 characters; may be empty.
   * Kubernetes: [metadata.namespace](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/)
   */
  readonly namespacePrefix: string;
  /**
   * References of the services' images, by image name; the shop keeps them in `stacks/images.<environment>.json`.
   * Kubernetes: [containers[].image](https://kubernetes.io/docs/concepts/containers/images/#image-names)
   */
  readonly images: Readonly<Record<string, string>>;
  /** Image with `wget` and `timeout`, for the Jobs of smoke tests; pinned by digest where unpinned images are refused. */
  readonly smokeTestImage: string;
  /** Whether an image may be named by a tag that can move (`allowed`), or only by its digest (`refused`). */
  readonly unpinnedImages: "allowed" | "refused";
  /** The least replicas of any service: what `min` and `replicas` are where a description leaves them out, and their lower bound. 1 to 1000. */
  readonly minimumReplicas: number;
  /** What every pod may reach besides what its service declares; cluster DNS at the least, or no name resolves. */
  readonly platformEdges: readonly PlatformEdge[];
  /** What of the platform may reach every pod, such as a Prometheus that asks the sidecars; may be empty. */
  readonly platformCallers: readonly PlatformCaller[];
  /** Who carries the calls between services: `{ kind: "istio", trustDomain: "cluster.local" }`, or `{ kind: "none" }`. */
  readonly mesh: Mesh;
  /**
   * Where the world outside comes in, to what services call `public`: `{ kind: "istio", … }`, or `{ kind: "none" }`, with
   * which nobody outside reaches anything.
   */
  readonly gateway: Gateway;
  /** What stands behind each kind of store that a service may own. */
  readonly stores: {
    /** What stands behind `database: postgres({ … })`. */
    readonly postgres: DatabaseStore;
  };
  /**
   * Where the externals are that services call, by name: each of them, and no other. Omitted: none.
   * Istio: [ServiceEntry](https://istio.io/latest/docs/reference/config/networking/service-entry/)
   */
  readonly externals?: Readonly<Record<string, ExternalPlace>>;
  /**
   * The services of ours that Consul's catalog shows, by name, where its catalog sync runs in this cluster. It only makes them
   * found: what may reach them is said elsewhere. Omitted: none.
   * Consul: [catalog sync](https://developer.hashicorp.com/consul/docs/k8s/service-sync)
   */
  readonly consul?: Readonly<Record<string, ConsulEntry>>;
  /**
   * Whether pods must spread over zones (`required`) or should (`preferred`). Where they must, a replica stays pending
   * while its zone has no room, and requests stay in the zone where they are made while a replica there is ready and, in a
   * mesh, does not fail.
   * Kubernetes: [topologySpreadConstraints[].whenUnsatisfiable](https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition)
   */
  readonly zoneSpread: "required" | "preferred";
  /**
   * How long load must stay low before an autoscaled service gives replicas up. 0 s to 1 h, in whole seconds.
   * Kubernetes: [behavior.scaleDown.stabilizationWindowSeconds](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window)
   */
  readonly scaleDownStabilization: Duration;
  /**
   * How long an update may stand still before it has failed. 10 s to 24 h, in whole seconds.
   * Kubernetes and Argo Rollouts: [progressDeadlineSeconds](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds)
   */
  readonly progressDeadline: Duration;
  /**
   * How long the old version of a blue-green service is kept after the switch, where its description does not say. 30 s
   * to 24 h, in whole seconds.
   * Argo Rollouts: [scaleDownDelaySeconds](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/#scaledowndelayseconds)
   */
  readonly keepBlue: Duration;
  /** Sizes of single services that differ here from their descriptions, by service name; may be empty. */
  readonly sizing: Readonly<Record<string, Sizing>>;
  /**
   * Faults to rehearse, each at one edge of the call graph, for as long as they stand here:
   * `{ from: "order", to: "payment", delay: { fixedDelay: Duration.seconds(2), share: 0.5 } }`. No application is changed and no
   * pod restarts: the sidecar of the callee fails or waits, so that the caller's sees real failures, tries again, runs into
   * its timeout, opens its circuit breaker and gives degraded answers. Only in a mesh. Omitted: none.
   * Envoy: [fault filter](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter)
   */
  readonly rehearsals?: readonly Rehearsal[];
  /** How strictly the policies are in force here, with which bounds, and who is exempted. Omitted: every rule is mandatory. */
  readonly policies?: Policies;
}

/** Something that the platform offers to every pod: DNS, and later telemetry and the mesh. */
export interface PlatformEdge {
  /** Names the NetworkPolicy: `platform-to-<name>`. A DNS label of at most 50 characters, used once. */
  readonly name: string;
  /**
   * The pods that offer it.
   * Kubernetes: [NetworkPolicy egress[].to[]](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)
   */
  readonly to: PlatformPods;
  /**
   * Where they listen; at least one, because a NetworkPolicy without ports admits all of them.
   * Kubernetes: [NetworkPolicy egress[].ports[]](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)
   */
  readonly ports: readonly PlatformPort[];
}

/** Something of the platform that asks every pod: a Prometheus, a prober. */
export interface PlatformCaller {
  /** Names the NetworkPolicy: `platform-from-<name>`. A DNS label of at most 50 characters, used once. */
  readonly name: string;
  /**
   * The pods that ask.
   * Kubernetes: [NetworkPolicy ingress[].from[]](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)
   */
  readonly from: PlatformPods;
  /**
   * What they may ask of every pod; at least one. In a mesh the sidecar answers it itself, as it does 15090, its own
   * statistics, or refuses it: whoever asks a service is its caller.
   * Kubernetes: [NetworkPolicy ingress[].ports[]](https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource)
   */
  readonly ports: readonly PlatformPort[];
}

/** A port of pods. */
export interface PlatformPort {
  /** What is spoken there. */
  readonly protocol: "TCP" | "UDP";
  /** The pods' own port, not a Service's. 1 to 65535. */
  readonly port: number;
}

/** The fields of a description that an environment may set otherwise: sizes, nothing else. */
export interface Sizing {
  /** In place of the described CPU or memory; what is left out stays as described. Omitted: both stay. */
  readonly resources?: Resources;
  /** In place of the described scaling, whole. Omitted: it stays as described. */
  readonly scaling?: Scaling;
  /**
   * In place of the described size, when the database is made: a volume claim does not grow afterwards. 1 GiB to 64 TiB,
   * in whole mebibytes. Omitted: as described.
   * Kubernetes: [volumeClaimTemplates[].spec.resources.requests.storage](https://kubernetes.io/docs/concepts/storage/persistent-volumes/#resources)
   */
  readonly databaseSize?: Size;
}

/** Ends the name of what an environment needs of its cluster: of its Pulumi stack, and of its folder of YAML. */
export const platformSuffix = "-platform";

const longestPrefix = 63 - longestServiceName;

const platformName = platformLabel.max(50, "must have at most 50 characters; shorten it");

const platformPorts = z
  .array(
    fields({
      protocol: z.literal(["TCP", "UDP"]),
      port: z
        .int({ error: "must be a whole number; give the pods' port", abort: true })
        .min(1, "must be at least 1; give the pods' port")
        .max(65535, "must be at most 65535; give the pods' port"),
    }),
  )
  // A NetworkPolicy without ports admits all of them.
  .min(1, "must have at least one port; say where the pods listen");

const named = <Named extends { readonly name: string }>(one: z.ZodType<Named>) =>
  z
    .array(one)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length,
      "must have names that differ; rename one",
    );

/** Shape and ranges of an environment's own fields. */
export const environmentSchema = fields({
  name: platformLabel.refine(
    (name) => !name.endsWith(platformSuffix),
    `must not end in ${platformSuffix}, as the stack of an environment's platform does; choose another name`,
  ),
  namespacePrefix: z
    .string()
    .max(longestPrefix, `must have at most ${longestPrefix} characters; shorten it`)
    .regex(/^([a-z0-9][-a-z0-9]*)?$/, "must begin a DNS label; use lower-case letters, digits and dashes"),
  images: record(z.string(), z.string()),
  smokeTestImage: z.string(),
  unpinnedImages: z.literal(["allowed", "refused"]),
  minimumReplicas: z
    .int({ error: "must be a whole number; give a number of replicas", abort: true })
    .min(1, "must be at least 1; a service without replicas serves nothing")
    .max(1000, "must be at most 1000; lower it"),
  platformEdges: named(fields({ name: platformName, to: platformPods, ports: platformPorts })),
  platformCallers: named(fields({ name: platformName, from: platformPods, ports: platformPorts })),
  mesh: meshSchema,
  gateway: gatewaySchema,
  stores: fields({
    postgres: z.discriminatedUnion("kind", [
      fields({ kind: z.literal("statefulset"), image: z.string() }),
      fields({
        kind: z.literal("managed"),
        // A NetworkPolicy without peers admits all of them.
        subnets: z.array(cidr).min(1, "must have at least one CIDR range; say where the database is"),
      }),
    ]),
  }),
  externals: externalPlaces.optional(),
  consul: consulEntries.optional(),
  zoneSpread: z.literal(["required", "preferred"]),
  // The HorizontalPodAutoscaler takes at most an hour.
  scaleDownStabilization: wholeSeconds({ min: Duration.seconds(0), max: Duration.hours(1) }),
  progressDeadline: wholeSeconds({ min: Duration.seconds(10), max: Duration.hours(24) }),
  keepBlue: wholeSeconds({ min: Duration.seconds(30), max: Duration.hours(24) }),
  // The sizes themselves are checked as part of the descriptions that they change.
  sizing: record(
    z.string(),
    fields({
      resources: z.looseObject({}).exactOptional(),
      scaling: z.unknown().exactOptional(),
      databaseSize: z.unknown().exactOptional(),
    }),
  ),
  rehearsals: rehearsalsSchema,
  policies: policiesSchema,
});

/** What is wrong with an environment itself, whatever services go there. */
export function environmentProblems(environment: Environment): Problem[] {
  const found = Object.entries(environmentSchema.shape).flatMap(([field, fieldSchema]) =>
    schemaProblems(field, fieldSchema, environment[field as keyof Environment]),
  );
  const images = found.length === 0 ? toolImageProblems(environment) : [];
  const mesh = found.length === 0 ? meshProblems(environment) : [];
  return [...unknownFields(environment), ...found, ...images, ...mesh].map((problem) => ({
    service: `environment ${environment.name}`,
    ...problem,
  }));
}

function meshProblems(environment: Environment) {
  return [
    ...sidecarsWithoutIstiod(environment),
    ...gatewayWithoutMesh(environment),
    ...rehearsalsWithoutMesh(environment),
  ];
}

function unknownFields(environment: Environment) {
  const known = Object.keys(environmentSchema.shape);
  return Object.keys(environment)
    .filter((field) => !known.includes(field))
    .map((field) => ({
      field,
      rule: "is no field of an environment",
      remedy: didYouMean(field, known, "take it out"),
    }));
}

/** Where a sidecar gets its certificate and its configuration. https://istio.io/latest/docs/ops/deployment/application-requirements/ */
const istiodPort = 15012;

/** A sidecar that cannot reach istiod never becomes ready, and its pod neither. */
function sidecarsWithoutIstiod({ mesh, platformEdges }: Environment) {
  const reached = platformEdges.some(({ ports }) => ports.some(({ port }) => port === istiodPort));
  if (mesh.kind === "none" || reached) return [];
  return [
    {
      field: "mesh.kind",
      value: mesh.kind,
      rule: `but no platform edge leads to port ${istiodPort} of istiod`,
      remedy: `add to platformEdges: { name: "istiod", to: { namespace: "istio-system", podLabels: { app: "istiod" } }, ports: [{ protocol: "TCP", port: ${istiodPort} }] }`,
    },
  ];
}

/** A gateway of the mesh speaks mutual TLS, which only a sidecar answers. */
function gatewayWithoutMesh({ mesh, gateway }: Environment) {
  if (gateway.kind === "none" || mesh.kind === "istio") return [];
  return [
    {
      field: "gateway.kind",
      value: gateway.kind,
      rule: "but mesh.kind is none",
      remedy: 'set gateway: { kind: "none" }, or mesh: { kind: "istio", trustDomain: "cluster.local" }',
    },
  ];
}

/** The images that no service describes. */
function toolImageProblems(environment: Environment) {
  const { smokeTestImage, stores } = environment;
  const file = `stacks/images.${environment.name}.json`;
  return [
    ...referenceProblems("smokeTestImage", smokeTestImage, environment, file),
    ...(stores.postgres.kind === "statefulset"
      ? referenceProblems("stores.postgres.image", stores.postgres.image, environment, file)
      : []),
  ];
}
