import type { V1JobSpec } from "@kubernetes/client-node";
import type { IAnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate";
import type { IRollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout";
import type { ResolvedService } from "../model/resolve.ts";
import type { Promotion, ResolvedBlueGreen, ResolvedRollout, SmokeRequest } from "../model/rollout.ts";
import { seconds } from "../model/units.ts";
import { apiService } from "./api.ts";
import { serviceAccountManifests } from "./identity.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { edge } from "./network.ts";
import { containerResources, podTemplate } from "./pod.ts";

/** The kind of object that runs a service, by its rollout. */
export const workloadKind: Record<
  ResolvedRollout["kind"],
  { apiVersion: string; kind: "Deployment" | "Rollout" }
> = {
  rolling: { apiVersion: "apps/v1", kind: "Deployment" },
  "blue-green": { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" },
};

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
    ...(rollout.smokeTest.length > 0 ? smokeTestManifests(service, rollout.smokeTest) : []),
  ];
}

function promotion(
  promotion: Promotion,
): Pick<BlueGreenStrategy, "autoPromotionEnabled" | "autoPromotionSeconds"> {
  if (promotion.kind === "manual") return { autoPromotionEnabled: false };
  return {
    autoPromotionEnabled: true,
    ...(promotion.after && { autoPromotionSeconds: seconds(promotion.after) }),
  };
}

function previewService(service: ResolvedService): string {
  return `${service.name}-preview`;
}

function smokeTest(service: ResolvedService): string {
  return `${service.name}-smoke-test`;
}

/** Each request a Job of its own, from a pod of its own identity that may reach this service and nothing else. */
function smokeTestManifests(service: ResolvedService, requests: readonly SmokeRequest[]): Manifest[] {
  const { name, namespace, api } = service;
  return [
    ...serviceAccountManifests(service, "smoke-test"),
    ...edge(
      service,
      { service: name, namespace, components: ["smoke-test"] },
      { service: name, namespace, components: ["service"] },
      api.port,
    ),
    manifest<{ spec: { metrics: Metric[] } }>(
      "argoproj.io/v1alpha1",
      "AnalysisTemplate",
      metadata(service, smokeTest(service), "foundation"),
      {
        spec: { metrics: requests.map((request, index) => smokeMetric(service, request, index)) },
      },
    ),
  ];
}

type UpstreamMetric = NonNullable<NonNullable<IAnalysisTemplate["spec"]>["metrics"]>[number];

/** Upstream's metric, its Job typed by Kubernetes itself. */
type Metric = Pick<UpstreamMetric, "name"> & { provider: { job: { spec: V1JobSpec } } };

function smokeMetric(service: ResolvedService, { path }: SmokeRequest, index: number): Metric {
  const url = `http://${previewService(service)}.${service.namespace}.svc:${service.api.port}${path}`;
  return {
    name: `request-${index + 1}`,
    provider: {
      job: {
        spec: {
          // One more try: the first may fall into the moment in which endpoints settle.
          backoffLimit: 1,
          activeDeadlineSeconds: 60,
          template: podTemplate(service, "smoke-test", {
            restartPolicy: "Never",
            container: {
              name: "smoke-test",
              image: service.environment.smokeTestImage,
              // Not wget's own -T: Debian's static busybox dies of it.
              command: ["timeout", "10", "wget", "-O", "/dev/null", url],
              resources: containerResources("10m", "16Mi"),
            },
            parts: [],
          }),
        },
      },
    },
  };
}
