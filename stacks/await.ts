import { setTimeout as sleep } from "node:timers/promises";
import { type KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { stackCluster } from "./cluster.ts";
import { diagnose } from "./diagnosis.ts";
import type { Service, Workload } from "./service.ts";
import { judge, type Verdict, type WorkloadStatus } from "./verdict.ts";

/**
 * Awaits the workloads of all services side by side, and reports each that fails when it fails. `npm run deploy`
 * awaits the one service that it deploys: PRESSUREVALVE_SERVICE names it.
 *
 * @throws RunError that names the services which are not ready.
 */
export async function allReady(services: readonly Service[]): Promise<void> {
  const only = process.env.PRESSUREVALVE_SERVICE;
  const workloads = services
    .flatMap(({ workloads }) => workloads)
    .filter(({ service }) => only === undefined || service === only);
  const cluster = stackCluster();
  const failed = await Promise.all(workloads.map((workload) => failure(workload, cluster)));
  const names = failed.filter((service) => service !== undefined);
  if (names.length > 0) throw new pulumi.RunError(`not ready: ${names.join(", ")}`);
}

/** The name of the service when its workload fails, and its reasons in the log. */
async function failure(workload: Workload, cluster: KubeConfig): Promise<string | undefined> {
  const reasons = await trouble(workload, cluster);
  if (reasons === undefined) return undefined;
  await pulumi.log.error(reasons, workload.resource);
  return workload.service;
}

/**
 * Waits until the workload runs what was just deployed. Otherwise says why not: the service, the reason and the
 * failing pods' own words, once its controller gives up, or once nothing has changed for the workload's progress
 * deadline and a margin.
 */
export async function trouble(workload: Workload, cluster: KubeConfig): Promise<string | undefined> {
  await registered(workload.resource);
  const { live, verdict } = await settled(workload, cluster);
  if (verdict.kind !== "failed") return undefined;
  const { service, manifest } = workload;
  const words = await diagnose(live, cluster);
  const headline = `${service}: ${manifest.kind} ${manifest.metadata.name} is not ready: ${verdict.message}`;
  return [headline, ...words].join("\n");
}

/** The id of a resource is known once the provider has created or updated its object. */
function registered({ id }: pulumi.CustomResource): Promise<unknown> {
  return new Promise((resolve) => void id.apply(resolve));
}

interface Outcome {
  live: WorkloadStatus;
  verdict: Verdict;
}

async function settled({ manifest, resource }: Workload, cluster: KubeConfig): Promise<Outcome> {
  const api = KubernetesObjectApi.makeApiClient(cluster);
  const patience = stallLimit(manifest.spec);
  let seen: string | undefined;
  let lastChange = Date.now();
  for (;;) {
    const { live, verdict } = await look(manifest, api);
    if (verdict.kind !== "pending") return { live, verdict };
    const status = JSON.stringify(live.status);
    if (status !== seen) {
      seen = status;
      lastChange = Date.now();
      await pulumi.log.info(`waiting: ${verdict.message}`, resource, undefined, true);
    }
    const idle = Date.now() - lastChange;
    if (idle > patience) return { live, verdict: stalled(verdict.message, patience) };
    await sleep(pause(idle));
  }
}

/** An API server that does not answer for a moment is no reason to give up on a workload. */
async function look({ apiVersion, kind, metadata }: Manifest, api: KubernetesObjectApi): Promise<Outcome> {
  try {
    const live: WorkloadStatus = await api.read({ apiVersion, kind, metadata });
    return { live, verdict: judge(live) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { live: { kind, metadata }, verdict: { kind: "pending", message } };
  }
}

// A controller that is alive reports a missed deadline by itself; the margin leaves it the time for that.
const margin = 60_000;

function stallLimit(spec: unknown): number {
  const { progressDeadlineSeconds = 600 } = (spec ?? {}) as { progressDeadlineSeconds?: number };
  return progressDeadlineSeconds * 1000 + margin;
}

function stalled(message: string, patience: number): Verdict {
  return { kind: "failed", message: `nothing changed for ${patience / 1000} s; last: ${message}` };
}

/** From one second, while things move, to five. */
function pause(idle: number): number {
  return Math.min(5000, 1000 + idle / 10);
}
