import { execa } from "execa";

/** The cluster through kubectl, as an administrator sees it. */
export class Cluster {
  readonly #kubectl: string;
  readonly #kubeconfig: string;

  constructor(kubectl: string, kubeconfig: string) {
    this.#kubectl = kubectl;
    this.#kubeconfig = kubeconfig;
  }

  /** Runs kubectl and gives its standard output. */
  async kubectl(...args: string[]): Promise<string> {
    return (await execa(this.#kubectl, ["--kubeconfig", this.#kubeconfig, ...args])).stdout;
  }

  /** Runs kubectl on a manifest; both its words and its failure are of interest. */
  async apply(
    manifests: readonly object[],
    ...args: string[]
  ): Promise<{ failed: boolean; stdout: string; stderr: string }> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests });
    return execa(this.#kubectl, ["--kubeconfig", this.#kubeconfig, "apply", "-f", "-", ...args], {
      input,
      reject: false,
    });
  }

  /** Deletes what the manifests name, as far as it is there, and waits until it is gone. */
  async remove(manifests: readonly object[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests });
    await execa(
      this.#kubectl,
      ["--kubeconfig", this.#kubeconfig, "delete", "--ignore-not-found", "-f", "-"],
      {
        input,
      },
    );
  }

  async get<Kind>(...args: string[]): Promise<Kind> {
    return JSON.parse(await this.kubectl("get", "-o", "json", ...args));
  }

  /** The address of a Service, which the node's kube-proxy serves on this machine too. */
  async url(namespace: string, service: string): Promise<string> {
    const { spec } = await this.get<{ spec: { clusterIP: string; ports: { port: number }[] } }>(
      "service",
      "-n",
      namespace,
      service,
    );
    return `http://${spec.clusterIP}:${spec.ports[0]?.port}`;
  }

  /** Where the world outside asks the shop: nothing else of it answers plain text. */
  gateway(): Promise<string> {
    return this.url("istio-ingress", "ingress");
  }

  /** The environment in which a shell finds this kubectl and this cluster. */
  get env(): Record<string, string> {
    return {
      KUBECONFIG: this.#kubeconfig,
      PATH: `${this.#kubectl.replace(/\/[^/]+$/, "")}:${process.env.PATH}`,
    };
  }
}
