import type { V1Deployment, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { IRollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout";
import { longestTimeout } from "../model/calls.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";
import { applicationContainer, applicationParts } from "./application.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata, selectorLabels } from "./metadata.ts";
import { podTemplate } from "./pod.ts";
import { probes } from "./probes.ts";
import { blueGreenManifests, blueGreenStrategy } from "./rollout.ts";
import { replicas } from "./scaling.ts";

/** The application's pods, and what brings a new version of them about. */
export function workloadManifests(service: ResolvedService): Manifest[] {
  const { rollout } = service;
  if (rollout.kind === "rolling") return [deployment(service)];
  return [
    rolloutObject(service, { blueGreen: blueGreenStrategy(service, rollout) }),
    ...blueGreenManifests(service, rollout),
  ];
}

function deployment(service: ResolvedService): Manifest {
  return manifest<V1Deployment>("apps/v1", "Deployment", metadata(service, service.name, "workload"), {
    spec: {
      ...workloadSpec(service),
      template: template(service, "pod-template-hash"),
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
    },
  });
}

type RolloutSpec = NonNullable<IRollout["spec"]>;

function rolloutObject(service: ResolvedService, strategy: NonNullable<RolloutSpec["strategy"]>): Manifest {
  return manifest<{ spec: Omit<RolloutSpec, "template"> & { template: V1PodTemplateSpec } }>(
    "argoproj.io/v1alpha1",
    "Rollout",
    metadata(service, service.name, "workload"),
    {
      spec: {
        ...workloadSpec(service),
        template: template(service, "rollouts-pod-template-hash"),
        // An update that stands still is taken back; the old version has all traffic meanwhile.
        progressDeadlineAbort: true,
        strategy,
      },
    },
  );
}

function workloadSpec(service: ResolvedService) {
  return {
    ...replicas(service),
    selector: { matchLabels: selectorLabels(service, "service") },
    revisionHistoryLimit: 3,
    progressDeadlineSeconds: seconds(service.environment.progressDeadline),
  };
}

/** Endpoints need a moment to forget a pod, so it serves on before it drains; no call takes longer than the drain. */
const shutdown = { preStopSeconds: 5, drainSeconds: seconds(longestTimeout), marginSeconds: 5 };

function template(service: ResolvedService, hashLabel: string): V1PodTemplateSpec {
  const pod = podTemplate(service, "service", {
    container: {
      name: service.name,
      ...applicationContainer(service),
      ports: [{ name: "http", containerPort: service.api.port, protocol: "TCP" }],
      ...probes(service),
      lifecycle: { preStop: { sleep: { seconds: shutdown.preStopSeconds } } },
    },
    parts: applicationParts(service),
    terminationGracePeriodSeconds: shutdown.preStopSeconds + shutdown.drainSeconds + shutdown.marginSeconds,
    topologySpreadConstraints: [
      spread(
        service,
        "topology.kubernetes.io/zone",
        service.environment.zoneSpread === "required" ? "DoNotSchedule" : "ScheduleAnyway",
        hashLabel,
      ),
      spread(service, "kubernetes.io/hostname", "ScheduleAnyway", hashLabel),
    ],
  });
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata?.labels, "app.kubernetes.io/version": service.image.version },
    },
  };
}

function spread(service: ResolvedService, topologyKey: string, whenUnsatisfiable: string, hashLabel: string) {
  return {
    topologyKey,
    whenUnsatisfiable,
    maxSkew: 1,
    labelSelector: { matchLabels: selectorLabels(service, "service") },
    // A zone whose nodes are down must not hold the others back.
    nodeTaintsPolicy: "Honor",
    // Each version spreads by itself, so that an update never unbalances the pods that stay.
    matchLabelKeys: [hashLabel],
  };
}
