import {
  type Environment,
  type Manifest,
  type PlatformEdge,
  ProblemsError,
  type RenderedService,
  type ResolvedService,
  render,
  resolve,
  rest,
  type Service,
  type ServiceDescription,
  service,
} from "../../constructs/index.ts";
import { environments } from "../../stacks/environments.ts";

const istiod: PlatformEdge = {
  name: "istiod",
  to: { namespace: "istio-system", podLabels: { app: "istiod" } },
  ports: [{ protocol: "TCP", port: 15012 }],
};

/** The dev environment with one constant image for some names, and the described sizes. */
export const environment: Environment = {
  ...withoutMesh(environments.dev),
  images: Object.fromEntries(
    ["order", "inventory", "payment", "notification"].map((name) => [name, `images.example/${name}:1`]),
  ),
  smokeTestImage: "images.example/busybox:1",
  stores: { postgres: { kind: "statefulset", image: "images.example/postgres:1" } },
  sizing: {},
};

/** The same values as a guarded environment has them. */
export const guarded: Environment = {
  ...environment,
  name: "production",
  namespacePrefix: "production-",
  images: { order: `images.example/order@sha256:${"a".repeat(64)}` },
  smokeTestImage: `images.example/busybox@sha256:${"b".repeat(64)}`,
  unpinnedImages: "refused",
  minimumReplicas: 3,
  zoneSpread: "required",
  stores: { postgres: { kind: "managed", subnets: ["10.0.0.0/24", "10.0.1.0/24"] } },
};

/** The same values in a mesh. */
export const meshed: Environment = inMesh(environment);

/** An environment whose services are in a mesh, with a way in. */
export function inMesh(environment: Environment): Environment {
  const plain = withoutMesh(environment);
  return {
    ...plain,
    mesh: { kind: "istio", trustDomain: "cluster.local" },
    gateway: {
      kind: "istio",
      gateway: "istio-ingress/shop",
      host: "*",
      pods: { namespace: "istio-ingress", podLabels: { istio: "ingress" } },
      serviceAccount: "ingress",
    },
    platformEdges: [...plain.platformEdges, istiod],
    platformCallers: [
      {
        name: "prometheus",
        from: { namespace: "prometheus", podLabels: { app: "prometheus" } },
        ports: [{ protocol: "TCP", port: 15090 }],
      },
    ],
  };
}

/** An environment whose services call each other directly. */
export function withoutMesh(environment: Environment): Environment {
  return {
    ...environment,
    mesh: { kind: "none" },
    gateway: { kind: "none" },
    platformEdges: environment.platformEdges.filter(({ name }) => name !== istiod.name),
    platformCallers: [],
  };
}

/** The least that a service says, and what a test adds; wrong things too. */
export function order(more: object = {}): Service {
  return service("order", { owner: "checkout", api: rest({ port: 3000 }), ...more } as ServiceDescription);
}

export function other(name: string, more: object = {}): Service {
  return service(name, { ...order(more).description });
}

/** The problems, one a line as a person reads them. */
export function problems(services: readonly Service[], where = environment): string[] {
  try {
    render(resolve(services, where));
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return error.message.split("\n");
    throw error;
  }
}

export function resolved(described: Service, where = environment): ResolvedService {
  return resolve([described], where)[0] as ResolvedService;
}

export function rendered(described: Service, where = environment): RenderedService {
  return render([resolved(described, where)])[0] as RenderedService;
}

/** The one manifest of a kind, and of a name where there are more; its fields are the test's to know. */
// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
export function find({ manifests }: { manifests: readonly Manifest[] }, kind: string, name?: string): any {
  const found = manifests.filter(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} of ${kind} ${name ?? ""}`);
  return found[0];
}

export function names({ manifests }: { manifests: readonly Manifest[] }, kind: string): string[] {
  return manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);
}
