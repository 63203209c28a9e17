import type { V1JobSpec } from "@kubernetes/client-node";
import type { IAnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate";
import type { IRollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout";
import type { ResolvedService } from "../model/resolve.ts";
import {
  type Promotion,
  type ResolvedBlueGreen,
  type ResolvedRollout,
  type SmokeRequest,
  smokeTestRequests,
} from "../model/rollout.ts";
import { seconds } from "../model/units.ts";
import { apiService } from "./api.ts";
import { edge } from "./edges.ts";
import { serviceAccountManifests } from "./identity.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { containerResources, podTemplate } from "./pod.ts";

/** The kind of object that runs a service, by its rollout: Kubernetes itself knows no version that waits beside another. */
export const workloadKind: Record<
  ResolvedRollout["kind"],
  { apiVersion: string; kind: "Deployment" | "Rollout" }
> = {
  rolling: { apiVersion: "apps/v1", kind: "Deployment" },
  "blue-green": { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" },
};

const workloadKinds: ReadonlySet<string> = new Set(Object.values(workloadKind).map(({ kind }) => kind));

/** Whether an object is what runs a service, rather than its database, its Jobs or what surrounds it. */
export function isWorkload({ kind }: Pick<Manifest, "kind">): boolean {
  return workloadKinds.has(kind);
}

type BlueGreenStrategy = NonNullable<NonNullable<NonNullable<IRollout["spec"]>["strategy"]>["blueGreen"]>;

/** Green beside blue, tested through the preview Service, then all traffic at once; blue is kept for a while. */
export function blueGreenStrategy(service: ResolvedService, rollout: ResolvedBlueGreen): BlueGreenStrategy {
  return {
    activeService: service.name,
    previewService: previewService(service),
    ...promotion(rollout.promotion),
    scaleDownDelaySeconds: seconds(rollout.keepBlue),
    ...(rollout.smokeTest.length > 0 && {
      prePromotionAnalysis: { templates: [{ templateName: smokeTest(service) }] },
    }),
  };
}

/** What a blue-green update needs beside the Rollout itself. */
export function blueGreenManifests(service: ResolvedService, rollout: ResolvedBlueGreen): Manifest[] {
  return [
    apiService(service, previewService(service)),
    ...(rollout.smokeTest.length > 0 ? smokeTestManifests(service, rollout) : []),
  ];
}

/** The switch by itself, at once or after a while, or by a person. */
function promotion(
  promotion: Promotion,
): Pick<BlueGreenStrategy, "autoPromotionEnabled" | "autoPromotionSeconds"> {
  if (promotion.kind === "manual") return { autoPromotionEnabled: false };
  return {
    autoPromotionEnabled: true,
    ...(promotion.after && { autoPromotionSeconds: seconds(promotion.after) }),
  };
}

/** The name under which the new version is reached before it gets traffic. */
export function previewService(service: ResolvedService): string {
  return `${service.name}-preview`;
}

/** The name of what asks the new version before it gets traffic. */
function smokeTest(service: ResolvedService): string {
  return `${service.name}-smoke-test`;
}

/** Each request a Job of its own, from a pod of its own identity that may ask this of this service and nothing else. */
function smokeTestManifests(service: ResolvedService, rollout: ResolvedBlueGreen): Manifest[] {
  const { name, namespace, api } = service;
  return [
    ...serviceAccountManifests(service, "smoke-test"),
    ...edge(
      service,
      { service: name, namespace, components: ["smoke-test"] },
      { service: name, namespace, components: ["service"] },
      api.port,
      smokeTestRequests(rollout),
    ),
    manifest<{ spec: { metrics: Metric[] } }>(
      "argoproj.io/v1alpha1",
      "AnalysisTemplate",
      metadata(service, smokeTest(service), "foundation"),
      {
        spec: { metrics: rollout.smokeTest.map((request, index) => smokeMetric(service, request, index)) },
      },
    ),
  ];
}

type UpstreamMetric = NonNullable<NonNullable<IAnalysisTemplate["spec"]>["metrics"]>[number];

/** Upstream's metric, its Job typed by Kubernetes itself. */
type Metric = Pick<UpstreamMetric, "name"> & { provider: { job: { spec: V1JobSpec } } };

/**
 * One request as a Job, whose success is the metric: it runs where the callers run, under the same network policies.
 * https://argo-rollouts.readthedocs.io/en/stable/analysis/job/
 */
function smokeMetric(service: ResolvedService, { path }: SmokeRequest, index: number): Metric {
  const url = `http://${previewService(service)}.${service.namespace}.svc:${service.api.port}${path}`;
  return {
    name: `request-${index + 1}`,
    provider: {
      job: {
        spec: {
          // One more try: the first may fall into the moment in which endpoints settle.
          backoffLimit: 1,
          // Two tries of ten seconds each, and time to pull the image.
          activeDeadlineSeconds: 60,
          template: podTemplate(service, "smoke-test", {
            // A new try is a new pod, so that the log of the failed one stays.
            restartPolicy: "Never",
            container: {
              name: "smoke-test",
              image: service.environment.smokeTestImage,
              // Not wget's own -T: Debian's static busybox dies of it.
              command: ["timeout", "10", "wget", "-O", "/dev/null", url],
              // One request of wget needs next to nothing.
              resources: containerResources("10m", "16Mi"),
            },
            parts: [],
          }),
        },
      },
    },
  };
}
