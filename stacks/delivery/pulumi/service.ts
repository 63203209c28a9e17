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
  const grounds = new Map(services.flatMap((service) => [...service.grounds]));
  for (const service of services) service.register(grounds);
  return services;
}

/** One service of the shop: a component whose children are its Kubernetes objects. */
export class Service extends pulumi.ComponentResource {
  readonly name: string;
  /** By its name, what every object in a namespace of this service stands on, be it a caller's. */
  readonly grounds: ReadonlyMap<string, Ground>;
  readonly #rendered: RenderedService;
  readonly #ready: Ready;
  readonly #ground: Ground;
  readonly #workloads = new Map<pulumi.Resource, Promise<void>>();

  constructor(rendered: RenderedService, ready: Ready, options: pulumi.ComponentResourceOptions = {}) {
    super("pressurevalve:index:Service", rendered.name, {}, options);
    this.name = rendered.name;
    this.#rendered = rendered;
    this.#ready = ready;
    const namespaces = rendered.manifests
      .filter(isNamespace)
      .map((manifest) => this.#child(manifest, { parent: this }));
    const addresses = rendered.manifests
      .filter((manifest) => isAddress(manifest, rendered))
      .map((manifest) => this.#child(manifest, { parent: this, dependsOn: namespaces }));
    this.#ground = [...namespaces, ...addresses];
    this.grounds = new Map(
      rendered.manifests.filter(isNamespace).map(({ metadata }) => [metadata.name, this.#ground]),
    );
  }

  /** Registers all but the ground, wave after wave; `grounds` are those of all services of the stack. */
  register(grounds: ReadonlyMap<string, Ground>): void {
    const before: pulumi.Input<pulumi.Resource>[] = [...this.#ground];
    for (const members of this.#waves()) {
      const registered = members.map(({ namespace = "", make }) =>
        make({ parent: this, dependsOn: [...before, ...(grounds.get(namespace) ?? [])] }),
      );
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
      .filter((manifest) => !isNamespace(manifest) && !isAddress(manifest, this.#rendered))
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

/** A namespace, and in it the name under which callers find the API: without it a caller would not even get as far as its sidecar. */
type Ground = readonly pulumi.CustomResource[];

function isNamespace({ kind }: Manifest): boolean {
  return kind === "Namespace";
}

function isAddress({ kind, metadata }: Manifest, { name, namespace }: RenderedService): boolean {
  return kind === "Service" && metadata.name === name && metadata.namespace === namespace;
}

const awaited: ReadonlySet<string> = new Set(["Deployment", "Job", "Rollout", "StatefulSet"]);

function isAwaited({ kind }: Manifest): boolean {
  return awaited.has(kind);
}
