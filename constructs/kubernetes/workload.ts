import type { V1Deployment, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { IRollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout";
import type { ResolvedService } from "../model/resolve.ts";
import { longestTimeout } from "../model/retries.ts";
import { seconds } from "../model/units.ts";
import { applicationContainer, applicationParts } from "./application.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata, selectorLabels } from "./metadata.ts";
import { podTemplate } from "./pod.ts";
import { probes } from "./probes.ts";
import { protocols } from "./protocols.ts";
import { blueGreenManifests, blueGreenStrategy } from "./rollout.ts";
import { replicas } from "./scaling.ts";
import { waiverAnnotations } from "./waivers.ts";

/** The application's pods, and what brings a new version of them about. */
export function workloadManifests(service: ResolvedService): Manifest[] {
  const { rollout } = service;
  if (rollout.kind === "rolling") return [deployment(service)];
  return [
    rolloutObject(service, { blueGreen: blueGreenStrategy(service, rollout) }),
    ...blueGreenManifests(service, rollout),
  ];
}

/** Replica by replica: a Deployment. */
function deployment(service: ResolvedService): Manifest {
  return manifest<V1Deployment>("apps/v1", "Deployment", workloadMetadata(service), {
    spec: {
      ...workloadSpec(service),
      // The label by which a Deployment tells its versions apart.
      // https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
      template: template(service, "pod-template-hash"),
      // Never fewer replicas than before, so that an update costs no capacity; a quarter more at a time, so that it fits.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
    },
  });
}

type RolloutSpec = NonNullable<IRollout["spec"]>;

/** The new version beside the old one: a Rollout of Argo Rollouts. */
function rolloutObject(service: ResolvedService, strategy: NonNullable<RolloutSpec["strategy"]>): Manifest {
  return manifest<{ spec: Omit<RolloutSpec, "template"> & { template: V1PodTemplateSpec } }>(
    "argoproj.io/v1alpha1",
    "Rollout",
    workloadMetadata(service),
    {
      spec: {
        ...workloadSpec(service),
        // The label by which a Rollout tells its versions apart.
        template: template(service, "rollouts-pod-template-hash"),
        // An update that stands still is taken back; the old version has all traffic meanwhile.
        progressDeadlineAbort: true,
        strategy,
      },
    },
  );
}

function workloadMetadata(service: ResolvedService) {
  return metadata(service, service.name, "workload", waiverAnnotations(service));
}

/** What both kinds of workload have in common. */
function workloadSpec(service: ResolvedService) {
  return {
    ...replicas(service),
    // Of the service's pods those that serve: neither its database nor its jobs.
    selector: { matchLabels: selectorLabels(service, "service") },
    // Enough to go back over a bad update and the one before it; each is a ReplicaSet that stays in the cluster.
    revisionHistoryLimit: 3,
    // An update that stands still must fail, or nobody is told: the deployment waits for this verdict.
    progressDeadlineSeconds: seconds(service.environment.progressDeadline),
  };
}

/**
 * Endpoints need a moment to forget a pod, so it serves on before it drains; no call takes longer than the drain, and
 * the margin is for closing what is open. After the sum of them the kubelet kills what is left.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 */
const shutdown = { preStopSeconds: 5, drainSeconds: seconds(longestTimeout), marginSeconds: 5 };

/** The pods that serve. */
function template(service: ResolvedService, hashLabel: string): V1PodTemplateSpec {
  const pod = podTemplate(service, "service", {
    container: {
      name: service.name,
      ...applicationContainer(service),
      // Named, so that Services and probes need not know the number.
      ports: [{ name: protocols[service.api.kind].port, containerPort: service.api.port, protocol: "TCP" }],
      ...probes(service),
      // Signals come at once, and routes forget a pod later: until then it takes new requests as before.
      lifecycle: { preStop: { sleep: { seconds: shutdown.preStopSeconds } } },
    },
    parts: applicationParts(service),
    // What a replica needs to stop without breaking a call, and a little more.
    terminationGracePeriodSeconds: shutdown.preStopSeconds + shutdown.drainSeconds + shutdown.marginSeconds,
    topologySpreadConstraints: [
      // The loss of a zone costs its share of the replicas and no more; the environment says whether this must hold.
      spread(
        service,
        "topology.kubernetes.io/zone",
        service.environment.zoneSpread === "required" ? "DoNotSchedule" : "ScheduleAnyway",
        hashLabel,
      ),
      // The same for a node, but never at the price of a replica that cannot be placed.
      spread(service, "kubernetes.io/hostname", "ScheduleAnyway", hashLabel),
    ],
  });
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      // Of the pods alone: an object's own label would change it with each version. For people and dashboards.
      labels: { ...pod.metadata?.labels, "app.kubernetes.io/version": service.image.version },
    },
  };
}

/**
 * Even over the values of a node's label.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
function spread(service: ResolvedService, topologyKey: string, whenUnsatisfiable: string, hashLabel: string) {
  return {
    topologyKey,
    whenUnsatisfiable,
    // As even as a number of replicas can be.
    maxSkew: 1,
    // The replicas are counted; jobs and databases stand where they like.
    labelSelector: { matchLabels: selectorLabels(service, "service") },
    // A zone whose nodes are down must not hold the others back.
    nodeTaintsPolicy: "Honor",
    // Each version spreads by itself, so that an update never unbalances the pods that stay.
    matchLabelKeys: [hashLabel],
  };
}
