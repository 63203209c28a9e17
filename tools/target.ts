import { ApisApi, KubeConfig, StorageV1Api, VersionApi } from "@kubernetes/client-node";
import { Fault } from "./fault.ts";

/** A cluster that someone else runs, or the local one. */
export interface Target {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly context: string;
}

/**
 * The target that a kubeconfig and a context name; without a context, the current one.
 * @throws Fault when the file cannot be read or has no such context
 */
export function target(kubeconfig: string, context?: string): Target {
  const config = load(kubeconfig);
  const name = context ?? config.getCurrentContext();
  if (config.getContextObject(name)) return { kubeconfig, context: name };
  const known = config.getContexts().map(({ name: known }) => known);
  throw new Fault(
    `${kubeconfig} has no context ${name || "that is current"}; choose one of ${known.join(", ") || "none"} with --context`,
    1,
  );
}

function load(kubeconfig: string): KubeConfig {
  try {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    return config;
  } catch (error) {
    throw new Fault(
      `${kubeconfig} cannot be read as a kubeconfig: ${(error as Error).message}; name another with --kubeconfig`,
      1,
    );
  }
}

const devContexts =
  /^(pressurevalve$|kind-|k3d-|minikube|docker-desktop|docker-for-desktop|rancher-desktop|colima|orbstack|microk8s)/;
const ownMachine = /^https:\/\/(127\.|localhost[:/]|\[::1\])/;

/**
 * Refuses a context that does not look like a cluster for development.
 * @throws Fault (exit code 1) that names the context, its server, and how to go on all the same
 */
export function refuseUnlessDev({ kubeconfig, context }: Target): void {
  const config = load(kubeconfig);
  const server = config.getCluster(config.getContextObject(context)?.cluster ?? "")?.server ?? "";
  if (devContexts.test(context) || ownMachine.test(server)) return;
  throw new Fault(
    `context ${context} (${server}) does not look like a cluster for development; add --any-context to deploy dev to it all the same`,
    1,
  );
}

/**
 * Makes sure that the cluster has what the shop needs.
 * @throws Fault (exit code 3) with everything that is missing and the command that installs it
 */
export async function requirePlatform({ kubeconfig, context }: Target): Promise<void> {
  const config = load(kubeconfig);
  config.setCurrentContext(context);
  const lacking = await missing(config).catch((error: Error) => {
    throw new Fault(`context ${context} cannot be reached: ${error.message}; is the cluster running?`, 3);
  });
  if (lacking.length === 0) return;
  const kubectl = `kubectl --kubeconfig ${kubeconfig} --context ${context}`;
  const lines = lacking.map(
    ({ what, install }) => `  ${what}\n    ${install.replaceAll("kubectl", kubectl)}`,
  );
  throw new Fault(`the cluster of context ${context} lacks:\n${lines.join("\n")}`, 3);
}

interface Lacking {
  readonly what: string;
  readonly install: string;
}

const oldestMinor = 30;

async function missing(config: KubeConfig): Promise<Lacking[]> {
  const { minor } = await config.makeApiClient(VersionApi).getCode();
  const groups = (await config.makeApiClient(ApisApi).getAPIVersions()).groups.map(({ name }) => name);
  const { items: classes } = await config.makeApiClient(StorageV1Api).listStorageClass();
  const isDefault = "storageclass.kubernetes.io/is-default-class";
  const wanted: (Lacking & { present: boolean })[] = [
    {
      present: Number.parseInt(minor, 10) >= oldestMinor,
      what: `Kubernetes 1.${oldestMinor} or newer (it has 1.${minor})`,
      install: "create the cluster with a newer version",
    },
    {
      present: groups.includes("argoproj.io"),
      what: "Argo Rollouts (API group argoproj.io)",
      install:
        "kubectl create namespace argo-rollouts; kubectl apply -n argo-rollouts -f https://github.com/argoproj/argo-rollouts/releases/download/v1.10.1/install.yaml",
    },
    {
      present: groups.includes("metrics.k8s.io"),
      what: "metrics-server (API group metrics.k8s.io), which autoscaling needs",
      install:
        "kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.9.0/components.yaml",
    },
    {
      present: classes.some(({ metadata }) => metadata?.annotations?.[isDefault] === "true"),
      what: "a default StorageClass",
      install:
        "kubectl apply -f https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.30/deploy/local-path-storage.yaml",
    },
  ];
  return wanted.filter(({ present }) => !present);
}
