import type { PlatformImages } from "../images.ts";
import { argoRollouts } from "./argo-rollouts.ts";
import { coredns } from "./coredns.ts";
import { ingress, ingressHome } from "./ingress.ts";
import { istio } from "./istio.ts";
import { localPathProvisioner } from "./local-path-provisioner.ts";
import type { Manifest } from "./manifest.ts";
import { metricsServer } from "./metrics-server.ts";
import { prometheus } from "./prometheus.ts";

/** What a managed cluster would bring: the Deployments that must be ready, by namespace. */
export const platformDeployments = [
  { namespace: "kube-system", name: "coredns", program: "coredns" },
  { namespace: "kube-system", name: "metrics-server", program: "metrics-server" },
  { namespace: "argo-rollouts", name: "argo-rollouts", program: "rollouts-controller" },
  { namespace: "local-path-storage", name: "local-path-provisioner", program: "local-path-provisioner" },
  { namespace: "istio-system", name: "istiod", program: "pilot-discovery" },
  { namespace: "prometheus", name: "prometheus", program: "prometheus" },
  { namespace: "istio-ingress", name: "ingress", program: "pilot-agent" },
] as const;

export type PlatformDeployment = (typeof platformDeployments)[number];

/** The objects of the platform that need nothing but Kubernetes, in an order in which they can be applied. */
export async function platformManifests(images: PlatformImages): Promise<Manifest[]> {
  const upstream = await Promise.all([
    metricsServer(images["metrics-server"]),
    argoRollouts(images["rollouts-controller"]),
    localPathProvisioner(images["local-path-provisioner"], images.busybox),
    istio(images["pilot-discovery"], images["istio-proxy"]),
  ]);
  return [...coredns(images.coredns), ...upstream.flat(), ...prometheus(images.prometheus), ...ingressHome()];
}

/** The objects of the platform that istiod has to check or to inject. */
export function meshManifests(): Manifest[] {
  return ingress();
}
