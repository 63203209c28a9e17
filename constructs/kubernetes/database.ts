import type { V1Service, V1ServicePort, V1StatefulSet } from "@kubernetes/client-node";
import type { DatabaseStore, ResolvedDatabase } from "../model/database.ts";
import { hostOf } from "../model/names.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { sizeQuantity } from "../model/units.ts";
import { edge, edgeOut } from "./edges.ts";
import { serviceAccountManifests } from "./identity.ts";
import { type Manifest, manifest, type RequiredSecret } from "./manifest.ts";
import { type Component, labels, metadata, selectorLabels } from "./metadata.ts";
import type { Pods } from "./peers.ts";
import { type ContainerPart, containerResources, podTemplate } from "./pod.ts";
import { serviceEntry } from "./service-entry.ts";

/** What stands behind a database, by kind of store. */
const stores: { [Kind in DatabaseStore["kind"]]: Store<Extract<DatabaseStore, { kind: Kind }>> } = {
  statefulset: { manifests: statefulSetManifests, secret: generatedBinding },
  managed: { manifests: managedManifests, secret: providedBinding },
};

type StatefulSetStore = Extract<DatabaseStore, { kind: "statefulset" }>;
type ManagedStore = Extract<DatabaseStore, { kind: "managed" }>;

interface Store<Kind> {
  manifests(service: ResolvedService, database: ResolvedDatabase, store: Kind): Manifest[];
  secret(service: ResolvedService, database: ResolvedDatabase): RequiredSecret;
}

export function databaseManifests(service: ResolvedService): Manifest[] {
  const { database } = service;
  return database ? storeOf(database).manifests(service, database, database.store) : [];
}

/** The Secret that binds the service to its database: https://servicebinding.io/spec/core/1.1.0/ */
export function databaseSecrets(service: ResolvedService): RequiredSecret[] {
  const { database } = service;
  return database ? [storeOf(database).secret(service, database)] : [];
}

/** The binding, mounted where the Service Binding specification says. */
export function bindingPart({ database }: ResolvedService): ContainerPart {
  if (!database) return {};
  return {
    env: [{ name: "SERVICE_BINDING_ROOT", value: bindingRoot }],
    volumes: [{ name: "database-binding", secret: { secretName: database.name } }],
    volumeMounts: [{ name: "database-binding", mountPath: `${bindingRoot}/database`, readOnly: true }],
  };
}

/** Any folder will do: libraries for bindings find it by the variable. */
const bindingRoot = "/bindings";

function storeOf(database: ResolvedDatabase): Store<DatabaseStore> {
  return stores[database.store.kind] as Store<DatabaseStore>;
}

/** The pods that may use a service's database. */
function users({ name, namespace, database }: ResolvedService): Pods {
  const components: Component[] = ["service", ...(database?.migrations ? ["migration" as const] : []), "job"];
  return { service: name, namespace, components };
}

/** A managed database stands outside the cluster: all that is rendered is the way there. */
function managedManifests(
  service: ResolvedService,
  { port }: ResolvedDatabase,
  store: ManagedStore,
): Manifest[] {
  return [
    ...edgeOut(service, users(service), "service-to-database", {
      blocks: store.subnets.map((cidr) => ({ cidr })),
      port,
    }),
    ...externalDatabase(service, port, store.subnets),
  ];
}

/** By its addresses, since no manifest knows the host. */
function externalDatabase(service: ResolvedService, port: number, subnets: readonly string[]): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  return [
    serviceEntry(service, `${service.name}-database`, {
      hosts: [managedHost(service)],
      addresses: [...subnets],
      ports: [{ number: port, name: "tcp-postgresql", protocol: "TCP" }],
      // Wherever the client connects to, among these addresses.
      resolution: "NONE",
    }),
  ];
}

/** A name for the mesh's registry alone; no DNS knows it. */
function managedHost({ name, namespace }: ResolvedService): string {
  return `${name}-database.${namespace}.managed`;
}

/** The database as the mesh's registry knows it. */
export function databaseHosts(service: ResolvedService): string[] {
  const { database, namespace } = service;
  if (!database) return [];
  if (database.store.kind === "managed") return [`./${managedHost(service)}`];
  return [`./${hostOf(database.name, namespace)}`];
}

/** One pod with a disk of its own, and the way there for the service alone. */
function statefulSetManifests(
  service: ResolvedService,
  database: ResolvedDatabase,
  { image }: StatefulSetStore,
): Manifest[] {
  const { name, namespace } = service;
  return [
    ...serviceAccountManifests(service, "database"),
    ...edge(service, users(service), { service: name, namespace, components: ["database"] }, database.port),
    headlessService(service, database),
    statefulSet(service, database, image),
  ];
}

/** The database's address leads to the pod itself: with one pod there is nothing to balance. */
function headlessService(service: ResolvedService, { name, port }: ResolvedDatabase): Manifest {
  return manifest<V1Service>("v1", "Service", metadata(service, name, "database"), {
    spec: {
      clusterIP: "None",
      selector: selectorLabels(service, "database"),
      ports: [
        {
          name: "postgresql",
          port,
          targetPort: "postgresql",
          protocol: "TCP",
          ...serverSpeaksFirst(service),
        },
      ],
    },
  });
}

/**
 * A proxy that guesses a protocol waits for the client's first word, and so for each other here.
 * https://istio.io/latest/docs/ops/deployment/application-requirements/#server-first-protocols
 */
function serverSpeaksFirst({ environment: { mesh } }: ResolvedService): Pick<V1ServicePort, "appProtocol"> {
  return mesh.kind === "istio" ? { appProtocol: "tcp" } : {};
}

/** PostgreSQL in one pod, for environments whose data may be lost. */
function statefulSet(
  service: ResolvedService,
  { name, port, size }: ResolvedDatabase,
  image: string,
): Manifest {
  // Where the image keeps its data: https://hub.docker.com/_/postgres
  const dataVolume = { name: "data", mountPath: "/var/lib/postgresql/data" };
  // Asks over TCP: while the image sets a database up, PostgreSQL listens on its socket only.
  const isReady = {
    exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1", `--port=${port}`] },
    timeoutSeconds: 5,
  };
  // https://www.postgresql.org/docs/current/app-pg-isready.html: 2 means that nobody answered.
  const answers = {
    exec: { command: ["sh", "-c", `${isReady.exec.command.join(" ")}; test $? -ne 2`] },
    timeoutSeconds: 5,
  };
  return manifest<V1StatefulSet>("apps/v1", "StatefulSet", metadata(service, name, "database"), {
    spec: {
      // Gives the pod its name in DNS.
      serviceName: name,
      // Replication is what managed databases are for.
      replicas: 1,
      selector: { matchLabels: selectorLabels(service, "database") },
      template: podTemplate(service, "database", {
        container: {
          name: "postgres",
          image,
          ports: [{ name: "postgresql", containerPort: port, protocol: "TCP" }],
          // Two minutes: after a crash the log is played back before anybody is answered.
          startupProbe: { ...isReady, periodSeconds: 2, failureThreshold: 60 },
          // Out of the way after ten seconds.
          readinessProbe: { ...isReady, periodSeconds: 5, failureThreshold: 2 },
          // A restart is the last resort: two minutes without any answer. One that refuses connections is at work on its recovery.
          livenessProbe: { ...answers, periodSeconds: 20, failureThreshold: 6 },
          // PostgreSQL as it comes holds 128 MiB of shared buffers, and as much again for its connections.
          resources: containerResources("50m", "256Mi"),
        },
        parts: [bindingPart(service), { volumeMounts: [dataVolume] }],
        // A shutdown ends with a checkpoint; what is cut off must be recovered at the next start.
        // https://www.postgresql.org/docs/current/server-shutdown.html
        terminationGracePeriodSeconds: 60,
      }),
      volumeClaimTemplates: [
        {
          metadata: { name: dataVolume.name },
          // One node at a time: a database's files are nobody else's.
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: sizeQuantity(size) } } },
        },
      ],
    },
  });
}

/** The keys of a PostgreSQL binding; a managed database speaks TLS and so brings its certificates. */
const bindingKeys = ["type", "provider", "host", "port", "database", "username", "password", "uri"];

function binding(service: ResolvedService, { name }: ResolvedDatabase) {
  return {
    name,
    namespace: service.namespace,
    labels: labels(service),
    type: "servicebinding.io/postgresql",
  };
}

function providedBinding(service: ResolvedService, database: ResolvedDatabase): RequiredSecret {
  return { ...binding(service, database), keys: [...bindingKeys, "certificates"] };
}

function generatedBinding(service: ResolvedService, database: ResolvedDatabase): RequiredSecret {
  const host = `${database.name}.${service.namespace}.svc`;
  const user = service.name;
  return {
    ...binding(service, database),
    keys: bindingKeys,
    generate: (password) => ({
      type: "postgresql",
      provider: "pressurevalve",
      host,
      port: String(database.port),
      database: user,
      username: user,
      password,
      uri: `postgresql://${user}:${encodeURIComponent(password)}@${host}:${database.port}/${user}`,
    }),
  };
}
