import * as pulumi from "@pulumi/pulumi";
import type { Manifest, RenderedService } from "../../../constructs/kubernetes/manifest.ts";
import { waveOf, waves } from "../../../constructs/kubernetes/metadata.ts";
import { kubernetesObject } from "./object.ts";
import { generatedSecret } from "./secret.ts";

/** What has to become ready, or a Job that has to succeed, before a service counts as deployed. */
export interface Workload {
  service: string;
  manifest: Manifest;
  resource: pulumi.CustomResource;
}

/** Resolves once a workload is ready, and rejects when it will not be. */
export type Ready = (workload: Workload) => Promise<void>;

/** For a run in which nothing has to become ready, such as a preview. */
export async function immediately(): Promise<void> {}

/** Registers every service with its objects. Objects of one service may live in the namespace of another. */
export function deploy(rendered: readonly RenderedService[], ready: Ready = immediately): Service[] {
  const services = rendered.map((service) => new Service(service, ready));
  const namespaces = new Map(services.flatMap((service) => [...service.namespaces]));
  for (const service of services) service.register(namespaces);
  return services;
}

/** One service of the shop: a component whose children are its Kubernetes objects. */
export class Service extends pulumi.ComponentResource {
  readonly name: string;
  /** The Namespace objects of this service by name. */
  readonly namespaces: ReadonlyMap<string, pulumi.CustomResource>;
  readonly #rendered: RenderedService;
  readonly #ready: Ready;
  readonly #workloads = new Map<pulumi.Resource, Promise<void>>();

  constructor(rendered: RenderedService, ready: Ready, options: pulumi.ComponentResourceOptions = {}) {
    super("pressurevalve:index:Service", rendered.name, {}, options);
    this.name = rendered.name;
    this.#rendered = rendered;
    this.#ready = ready;
    this.namespaces = new Map(
      rendered.manifests
        .filter(isNamespace)
        .map((manifest) => [manifest.metadata.name, this.#child(manifest, { parent: this })]),
    );
  }

  /** Registers all but the Namespaces, wave after wave; `namespaces` are those of all services of the stack. */
  register(namespaces: ReadonlyMap<string, pulumi.Resource>): void {
    const before: pulumi.Input<pulumi.Resource>[] = [...this.namespaces.values()];
    for (const members of this.#waves()) {
      const registered = members.map(({ namespace, make }) => {
        const home = namespace === undefined ? undefined : namespaces.get(namespace);
        return make({ parent: this, dependsOn: home === undefined ? before.slice() : [...before, home] });
      });
      before.push(...registered.map((resource) => this.#whenReady(resource)));
    }
    this.registerOutputs({});
  }

  /** Resolves once every workload is ready, and rejects as soon as one fails, for those that wait for it never come. */
  async ready(): Promise<void> {
    await Promise.all(this.#workloads.values());
  }

  #child(manifest: Manifest, options: pulumi.CustomResourceOptions): pulumi.CustomResource {
    const resource = kubernetesObject(manifest, options);
    if (isAwaited(manifest)) {
      this.#workloads.set(resource, this.#ready({ service: this.name, manifest, resource }));
    }
    return resource;
  }

  /** What a later wave depends on. A workload that fails leaves it waiting: `ready` reports the failure, once. */
  #whenReady(resource: pulumi.CustomResource): pulumi.Input<pulumi.Resource> {
    const ready = this.#workloads.get(resource);
    if (ready === undefined) return resource;
    return new Promise((resolve) => void ready.then(() => resolve(resource)).catch(() => {}));
  }

  /** The objects still to be registered, earliest wave first. */
  #waves(): Member[][] {
    const manifests = this.#rendered.manifests
      .filter((manifest) => !isNamespace(manifest))
      .map((manifest) => ({
        wave: waveOf(manifest),
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
      return { wave: waves.foundation, namespace, make };
    });
  }
}

/** An object that is due in a wave. */
interface Member {
  wave: number;
  namespace: string | undefined;
  make: (options: pulumi.CustomResourceOptions) => pulumi.CustomResource;
}

function isNamespace({ kind }: Manifest): boolean {
  return kind === "Namespace";
}

const awaited: ReadonlySet<string> = new Set(["Deployment", "Job", "Rollout", "StatefulSet"]);

function isAwaited({ kind }: Manifest): boolean {
  return awaited.has(kind);
}
