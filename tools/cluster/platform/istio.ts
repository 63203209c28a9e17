import { execa } from "execa";
import { Fault } from "../../fault.ts";
import { ensurePrograms } from "../../toolchain.ts";
import { type Manifest, parseManifests } from "./manifest.ts";
import { injectedAnnotations, meshConfig } from "./mesh-config.ts";

const namespace = "istio-system";

/**
 * Istio as its own installer renders it: the CRDs, istiod as a Deployment, its webhooks, and what they inject.
 *
 * @throws Fault with istioctl's words when it refuses what we ask for
 */
export async function istio(istiodImage: string, proxyImage: string): Promise<Manifest[]> {
  const { istioctl } = await ensurePrograms(["istioctl"]);
  const input = JSON.stringify(installation(istiodImage, proxyImage));
  const args = ["manifest", "generate", "--filename", "-"];
  const { failed, stdout, stderr } = await execa(istioctl, args, { input, reject: false });
  if (failed) throw new Fault(`istioctl could not render the mesh: ${stderr}`, 3);
  return [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, ...parseManifests(stdout)];
}

/** The default profile without gateways, for one node and a plain Envoy. */
export function installation(istiodImage: string, proxyImage: string): object {
  return {
    apiVersion: "install.istio.io/v1alpha1",
    kind: "IstioOperator",
    spec: {
      profile: "minimal",
      meshConfig,
      values: {
        sidecarInjectorWebhook: { injectedAnnotations },
        global: {
          imagePullPolicy: "IfNotPresent",
          // As the network plugin does it, so that the init container checks what was done.
          nativeNftables: true,
          // There is one istiod, which a budget would keep from ever being evicted.
          defaultPodDisruptionBudget: { enabled: false },
          proxy: { image: proxyImage, seccompProfile, resources: sidecarResources },
          proxy_init: { image: proxyImage },
        },
        pilot: {
          image: istiodImage,
          autoscaleEnabled: false,
          env: plainEnvoy,
          resources: { requests: { cpu: "50m", memory: "128Mi" } },
          seccompProfile,
        },
        // Its filters are Istio's own, and Envoy's statistics say the same.
        telemetry: { enabled: false },
      },
      unvalidatedValues: {
        // By default istiod turns Ignore into Fail, and every apply of ours would turn it back.
        base: { validationFailurePolicy: "Fail" },
        // istioctl sets it from whether it installs the plugin itself, whatever the values say.
        pilot: { cni: { enabled: true } },
      },
    },
  };
}

/** Filters that only Istio's build of Envoy has: with one of them, upstream's refuses the whole listener. */
const plainEnvoy = { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" };

/** The restricted Pod Security Standard wants a profile of every container. */
const seccompProfile = { type: "RuntimeDefault" };

/** A tenth of upstream's: every pod has one, and the node has as many cores as a laptop. */
const sidecarResources = {
  requests: { cpu: "10m", memory: "48Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};
