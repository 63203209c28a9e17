import {
  CoreV1Api,
  type CoreV1Event,
  CustomObjectsApi,
  type KubeConfig,
  type V1Pod,
} from "@kubernetes/client-node";
import { type AnalysisRun, analysisTroubles, jobNames } from "./analysis.ts";
import { isFailing, isOfCluster, loggingContainers, podTroubles, warnings, withoutItsWords } from "./pod.ts";
import { Secrets } from "./redact.ts";
import type { WorkloadStatus } from "./verdict.ts";

/**
 * Why a workload is not ready, in the words of the cluster, below a headline: its failing pods with their
 * containers' states, events and last log lines, and its failed analyses with their jobs' logs. Values of Secrets
 * are blotted out; where one cannot be read, no program's words are shown.
 */
export async function diagnose(
  headline: string,
  workload: WorkloadStatus,
  cluster: KubeConfig,
): Promise<string> {
  const scene = new Scene(cluster, workload.metadata?.namespace ?? "default");
  const parts = await Promise.all([
    replicaFailures(workload),
    failingPods(workload, scene),
    analyses(workload, scene),
  ]);
  const redact = await scene.secrets.redactor();
  return redact([headline, ...parts.flat()].join("\n"));
}

/** Where to look. */
class Scene {
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
  readonly namespace: string;
  readonly secrets: Secrets;

  constructor(cluster: KubeConfig, namespace: string) {
    this.core = cluster.makeApiClient(CoreV1Api);
    this.custom = cluster.makeApiClient(CustomObjectsApi);
    this.namespace = namespace;
    this.secrets = new Secrets(this.core, namespace);
  }

  async pods(labels: Record<string, string>): Promise<V1Pod[]> {
    const labelSelector = selector(labels);
    return (await this.core.listNamespacedPod({ namespace: this.namespace, labelSelector })).items;
  }

  async events(pod?: string): Promise<CoreV1Event[]> {
    const name = pod === undefined ? "" : `,involvedObject.name=${pod}`;
    const fieldSelector = `involvedObject.kind=Pod${name}`;
    return (await this.core.listNamespacedEvent({ namespace: this.namespace, fieldSelector })).items;
  }

  /** The last lines of a container, of its run before when it has none yet; nothing when both are gone. */
  async log(pod: string, container: string): Promise<string[]> {
    const request = { name: pod, namespace: this.namespace, container, tailLines: logLines };
    for (const previous of [false, true]) {
      const text = await this.core.readNamespacedPodLog({ ...request, previous }).catch(() => "");
      if (text) return text.trimEnd().split("\n");
    }
    return [];
  }
}

const logLines = 20;
// Replicas of one template fail alike; three tell the story.
const podsShown = 3;

/** Pods that could not even be created: a quota, an admission policy. */
function replicaFailures({ status }: WorkloadStatus): string[] {
  const failures = status?.conditions?.filter(({ type }) => type === "ReplicaFailure") ?? [];
  return failures.map(({ reason, message }) => `  ${reason}: ${message}`);
}

async function failingPods(workload: WorkloadStatus, scene: Scene): Promise<string[]> {
  const pods = (await scene.pods(podLabels(workload))).filter(isFailing).sort(newestFirst);
  if (pods.length === 0) return vanishedPods(workload, scene);
  const shown = await Promise.all(pods.slice(0, podsShown).map((pod) => describePod(pod, scene)));
  const more = pods.length - shown.length;
  return [...shown.flat(), ...(more > 0 ? [`  and ${more} more pods`] : [])];
}

/** An aborted Rollout and a Job past its deadline lose their pods, whose last warnings stay for an hour. */
async function vanishedPods(workload: WorkloadStatus, scene: Scene): Promise<string[]> {
  // These keep their pods, and a Deployment's name alone would also find those of its database.
  if (workload.kind === "Deployment" || workload.kind === "StatefulSet") return [];
  const generated = [workload.metadata?.name, workload.status?.currentPodHash, ""];
  const prefix = generated.filter((part) => part !== undefined).join("-");
  const unknown = await scene.secrets.learn(workload.spec?.template?.spec);
  const events = (await scene.events()).filter((event) => unknown.length === 0 || isOfCluster(event));
  const byPod = Map.groupBy(events, ({ involvedObject }) => involvedObject.name ?? "");
  return [...byPod]
    .filter(([pod]) => pod.startsWith(prefix))
    .map(([pod, events]) => [pod, warnings(events)] as const)
    .filter(([, told]) => told.length > 0)
    .slice(-podsShown)
    .flatMap(([pod, told]) => [`  pod ${pod}, gone by now`, ...told.map((warning) => `    ${warning}`)]);
}

function newestFirst(a: V1Pod, b: V1Pod): number {
  return Number(b.metadata?.creationTimestamp) - Number(a.metadata?.creationTimestamp);
}

async function describePod(pod: V1Pod, scene: Scene): Promise<string[]> {
  const name = pod.metadata?.name ?? "";
  const unknown = await scene.secrets.learn(pod.spec);
  const events = await scene.events(name);
  const words =
    unknown.length === 0
      ? [...podTroubles(pod), ...warnings(events), ...(await lastLines(pod, scene))]
      : [...podTroubles(withoutItsWords(pod)), ...warnings(events.filter(isOfCluster)), withheld(unknown)];
  return [`  pod ${name}`, ...words.map((line) => `    ${line}`)];
}

function withheld(unknown: readonly string[]): string {
  const secrets = unknown.length === 1 ? `Secret ${unknown[0]}` : `the Secrets ${unknown.join(", ")}`;
  return `its logs are withheld: they may show values of ${secrets}, which cannot be read here`;
}

async function lastLines(pod: V1Pod, scene: Scene): Promise<string[]> {
  const logs = loggingContainers(pod).map(async ({ name }) => {
    const lines = await scene.log(pod.metadata?.name ?? "", name);
    return lines.length === 0 ? [] : [`last lines of ${name}:`, ...lines.map((line) => `  ${line}`)];
  });
  return (await Promise.all(logs)).flat();
}

async function analyses(workload: WorkloadStatus, scene: Scene): Promise<string[]> {
  const hash = workload.status?.currentPodHash;
  if (workload.kind !== "Rollout" || hash === undefined) return [];
  const { items }: { items: AnalysisRun[] } = await scene.custom.listNamespacedCustomObject({
    group: "argoproj.io",
    version: "v1alpha1",
    namespace: scene.namespace,
    plural: "analysisruns",
    labelSelector: selector({ "rollouts-pod-template-hash": hash }),
  });
  return (await Promise.all(items.map((run) => describeAnalysis(run, scene)))).flat();
}

async function describeAnalysis(run: AnalysisRun, scene: Scene): Promise<string[]> {
  const troubles = analysisTroubles(run);
  if (troubles.length === 0) return [];
  const pods = await Promise.all(jobNames(run).map((job) => scene.pods({ "job-name": job })));
  const jobs = await Promise.all(pods.flat().map((pod) => describePod(pod, scene)));
  return [`  analysis ${run.metadata.name}`, ...troubles.map((trouble) => `    ${trouble}`), ...jobs.flat()];
}

/** A Rollout keeps its old pods beside the new ones for a while; only the new ones are in question. */
function podLabels({ spec, status }: WorkloadStatus): Record<string, string> {
  const hash = status?.currentPodHash;
  return { ...spec?.selector?.matchLabels, ...(hash && { "rollouts-pod-template-hash": hash }) };
}

function selector(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
