import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, type KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { isDeployed } from "./alone.ts";
import { stackCluster } from "./cluster.ts";
import { diagnose } from "./diagnosis.ts";
import { patience } from "./patience.ts";
import { failedJob, makeAgain } from "./retry.ts";
import { immediately, type Ready, type Service, type Workload } from "./service.ts";
import { judge, type Verdict, type WorkloadStatus } from "./verdict.ts";

/** How a deployment awaits workloads: `npm run deploy` those of the one service that it deploys, whatever the state of the others. */
export function awaiting(): Ready {
  const cluster = stackCluster();
  return (workload) => (isDeployed(workload.service) ? becomeReady(workload, cluster) : immediately());
}

/** @throws RunError that names the services which did not become ready; why has been reported by then. */
export async function allReady(services: readonly Service[]): Promise<void> {
  const results = await Promise.allSettled(services.map((service) => service.ready()));
  const failed = services.filter((_, index) => results[index]?.status === "rejected");
  if (failed.length > 0) throw new pulumi.RunError(`not ready: ${failed.map(({ name }) => name).join(", ")}`);
}

/**
 * Waits until the cluster runs what was just deployed. Otherwise reports why not: the service, the reason and the
 * failing pods' own words, once the workload's controller gives up, or once nothing has changed for its deadline and
 * a margin.
 */
async function becomeReady(workload: Workload, cluster: KubeConfig): Promise<void> {
  const report = await troubles(workload, cluster);
  if (report === undefined) return;
  await pulumi.log.error(report, workload.resource);
  throw new Error(report);
}

/** What keeps a workload from being ready; nothing once it is. */
async function troubles(workload: Workload, cluster: KubeConfig): Promise<string | undefined> {
  const { service, manifest, resource } = workload;
  const headline = `${service}: ${manifest.kind} ${manifest.metadata.name} is not ready:`;
  try {
    const api = KubernetesObjectApi.makeApiClient(cluster);
    const failed = await failedJob(manifest, api);
    await registered(resource);
    if (failed !== undefined) {
      await pulumi.log.info(`${manifest.metadata.name} failed in an earlier run; it is made again`, resource);
      await makeAgain(manifest, api);
    }
    const { live, verdict } = await settled(workload, api);
    if (verdict.kind !== "failed") return undefined;
    const reason = `${headline} ${verdict.message}`;
    return await diagnose(reason, live, cluster).catch(
      (error) => `${reason}\n  why is unknown: ${said(error)}`,
    );
  } catch (error) {
    return `${headline} ${said(error)}`;
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The id of a resource is known once the provider has created or updated its object. */
function registered({ id }: pulumi.CustomResource): Promise<unknown> {
  return new Promise((resolve) => void id.apply(resolve));
}

interface Outcome {
  live: WorkloadStatus;
  verdict: Verdict;
}

async function settled({ manifest, resource }: Workload, api: KubernetesObjectApi): Promise<Outcome> {
  const limit = patience(manifest);
  let written: number | undefined;
  let seen: string | undefined;
  let lastChange = Date.now();
  for (;;) {
    const { live, verdict } = await look(manifest, api, written);
    // What was just written is the generation that is seen first, or one before it.
    written ??= live.metadata?.generation;
    if (verdict.kind !== "pending") return { live, verdict };
    const status = JSON.stringify(live.status);
    if (status !== seen) {
      seen = status;
      lastChange = Date.now();
      await pulumi.log.info(`waiting: ${verdict.message}`, resource, undefined, true);
    }
    const idle = Date.now() - lastChange;
    if (idle > limit) return { live, verdict: stalled(verdict.message, limit) };
    await sleep(pause(idle));
  }
}

/** An API server that does not answer for a moment is no reason to give up on a workload. */
async function look(
  { apiVersion, kind, metadata }: Manifest,
  api: KubernetesObjectApi,
  written: number | undefined,
): Promise<Outcome> {
  try {
    const live: WorkloadStatus = await api.read({ apiVersion, kind, metadata });
    return { live, verdict: judge(live, written) };
  } catch (error) {
    return { live: { kind, metadata }, verdict: unseen(error) };
  }
}

function unseen(error: unknown): Verdict {
  if (error instanceof ApiException && error.code === 404) {
    return {
      kind: "failed",
      message: "it is gone from the cluster; pulumi refresh notices, and up then makes it again",
    };
  }
  return { kind: "pending", message: said(error) };
}

function stalled(message: string, limit: number): Verdict {
  return { kind: "failed", message: `nothing changed for ${limit / 1000} s; last: ${message}` };
}

/** From one second, while things move, to five. */
function pause(idle: number): number {
  return Math.min(5000, 1000 + idle / 10);
}
