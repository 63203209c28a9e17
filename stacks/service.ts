import * as pulumi from "@pulumi/pulumi";
import type { Manifest, RenderedService } from "../constructs/kubernetes/manifest.ts";
import { kubernetesObject, wave } from "./object.ts";
import { generatedSecret } from "./secret.ts";

/** A workload of a service, registered with the cluster and not yet known to be ready. */
export interface Workload {
  service: string;
  manifest: Manifest;
  resource: pulumi.CustomResource;
}

/** Registers every service with its objects. Objects of one service may live in the namespace of another. */
export function deploy(rendered: readonly RenderedService[]): Service[] {
  const services = rendered.map((service) => new Service(service));
  const namespaces = new Map(services.flatMap((service) => [...service.namespaces]));
  for (const service of services) service.register(namespaces);
  return services;
}

/** One service of the shop: a component whose children are its Kubernetes objects. */
export class Service extends pulumi.ComponentResource {
  /** The Namespace objects of this service by name. */
  readonly namespaces: ReadonlyMap<string, pulumi.CustomResource>;
  /** What has to become ready before the service counts as deployed. */
  readonly workloads: Workload[] = [];
  readonly #rendered: RenderedService;

  constructor(rendered: RenderedService, options: pulumi.ComponentResourceOptions = {}) {
    super("pressurevalve:index:Service", rendered.name, {}, options);
    this.#rendered = rendered;
    this.namespaces = new Map(
      rendered.manifests
        .filter(isNamespace)
        .map((manifest) => [manifest.metadata.name, this.#child(manifest)]),
    );
  }

  /** Registers all but the Namespaces, wave after wave; `namespaces` are those of all services of the stack. */
  register(namespaces: ReadonlyMap<string, pulumi.Resource>): void {
    const before: pulumi.Resource[] = [...this.namespaces.values()];
    for (const members of this.#waves()) {
      const registered = members.map(({ namespace, make }) => {
        const home = namespace === undefined ? undefined : namespaces.get(namespace);
        return make({ parent: this, dependsOn: home === undefined ? before.slice() : [...before, home] });
      });
      before.push(...registered);
    }
    this.registerOutputs({});
  }

  #child(
    manifest: Manifest,
    options: pulumi.CustomResourceOptions = { parent: this },
  ): pulumi.CustomResource {
    const resource = kubernetesObject(manifest, options);
    if (isWorkload(manifest)) this.workloads.push({ service: this.#rendered.name, manifest, resource });
    return resource;
  }

  /** The objects still to be registered, earliest wave first. */
  #waves(): Member[][] {
    const manifests = this.#rendered.manifests
      .filter((manifest) => !isNamespace(manifest))
      .map((manifest) => ({
        wave: wave(manifest),
        namespace: manifest.metadata.namespace,
        make: (options: pulumi.CustomResourceOptions) => this.#child(manifest, options),
      }));
    const byWave = Map.groupBy([...manifests, ...this.#secrets()], (member) => member.wave);
    return [...byWave].sort(([a], [b]) => a - b).map(([, members]) => members);
  }

  #secrets(): Member[] {
    return this.#rendered.secrets.flatMap((secret) => {
      const { generate, namespace } = secret;
      if (generate === undefined) return [];
      const make = (options: pulumi.CustomResourceOptions) => generatedSecret(secret, generate, options);
      return { wave: secretWave, namespace, make };
    });
  }
}

/** An object that is due in a wave. */
interface Member {
  wave: number;
  namespace: string | undefined;
  make: (options: pulumi.CustomResourceOptions) => pulumi.CustomResource;
}

// After the namespace and its configuration, before the database and the workload, which mount it.
const secretWave = 1.5;

function isNamespace({ kind }: Manifest): boolean {
  return kind === "Namespace";
}

function isWorkload({ kind }: Manifest): boolean {
  return kind === "Deployment" || kind === "Rollout";
}
