import { setTimeout as sleep } from "node:timers/promises";
import { type KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { diagnose } from "./diagnosis.ts";
import type { Workload } from "./service.ts";
import { judge, type Verdict, type WorkloadStatus } from "./verdict.ts";

/**
 * Resolves when the workload runs what was just deployed. Throws a ResourceError that names the service, the
 * reason and the failing pods' own words when its controller gives up, or when nothing has changed for the
 * workload's progress deadline and a margin.
 */
export async function workloadReady(workload: Workload, cluster: KubeConfig): Promise<void> {
  await registered(workload.resource);
  const { live, verdict } = await settled(workload, cluster);
  if (verdict.kind === "ready") return;
  const { service, manifest, resource } = workload;
  const words = await diagnose(live, cluster);
  const headline = `${service}: ${manifest.kind} ${manifest.metadata.name} is not ready: ${verdict.message}`;
  throw new pulumi.ResourceError([headline, ...words].join("\n"), resource, true);
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
  const { apiVersion, kind, metadata } = manifest;
  const api = KubernetesObjectApi.makeApiClient(cluster);
  const patience = stallLimit(manifest.spec);
  let seen = "";
  let lastChange = Date.now();
  for (;;) {
    const live: WorkloadStatus = await api.read({ apiVersion, kind, metadata });
    const verdict = judge(live);
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
