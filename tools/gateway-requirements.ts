import { CoreV1Api, CustomObjectsApi, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { Gateway, IstioGateway } from "../constructs/index.ts";
import { isReady } from "./cluster/pods.ts";
import { type Lacking, unlessAbsent } from "./platform-requirements.ts";
import type { Target } from "./target.ts";

/** What of an environment's gateway a cluster lacks, with the commands that install it. */
export async function lackingOfGateway(
  config: KubeConfig,
  gateway: Gateway,
  target: Target,
): Promise<Lacking[]> {
  if (gateway.kind === "none") return [];
  const [pods, object] = await Promise.all([readyPods(config, gateway), hasObject(config, gateway)]);
  const strangers = pods.filter(({ spec }) => spec?.serviceAccountName !== gateway.serviceAccount);
  return [
    pods.length === 0 && {
      what: `a gateway that is ready (pods with ${selector(gateway)} in namespace ${gateway.pods.namespace})`,
      remedy: [installPods(gateway, target)],
    },
    !object && {
      what: `the Gateway ${gateway.gateway}`,
      remedy: [
        `echo '${JSON.stringify(gatewayObject(gateway))}' | kubectl --kubeconfig ${target.kubeconfig} --context ${target.context} apply -f -`,
      ],
    },
    ...strangers.slice(0, 1).map(({ spec }) => ({
      what: `a gateway of the ServiceAccount ${gateway.serviceAccount} (its pods have ${spec?.serviceAccountName})`,
      remedy: [`write gateway.serviceAccount: "${spec?.serviceAccountName}" in stacks/environments.ts`],
    })),
  ].filter((lacking) => lacking !== false);
}

async function readyPods(config: KubeConfig, gateway: IstioGateway): Promise<V1Pod[]> {
  const asked = { namespace: gateway.pods.namespace, labelSelector: selector(gateway) };
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod(asked);
  return items.filter(isReady);
}

async function hasObject(config: KubeConfig, gateway: IstioGateway): Promise<boolean> {
  const { namespace, name } = nameOf(gateway);
  const asked = { group: "networking.istio.io", version: "v1", plural: "gateways", namespace, name };
  const found = config.makeApiClient(CustomObjectsApi).getNamespacedCustomObject(asked);
  return (await unlessAbsent(found)) !== undefined;
}

function selector({ pods }: IstioGateway): string {
  return labelsOf(pods).join(",");
}

function labelsOf({ podLabels }: IstioGateway["pods"]): string[] {
  return Object.entries(podLabels).map(([label, value]) => `${label}=${value}`);
}

/** Istio's own chart: its ServiceAccount has the name of the release. */
function installPods({ pods, serviceAccount }: IstioGateway, { kubeconfig, context }: Target): string {
  return [
    `helm install ${serviceAccount} gateway --repo https://istio-release.storage.googleapis.com/charts`,
    `--namespace ${pods.namespace} --create-namespace`,
    ...labelsOf(pods).map((label) => `--set labels.${label}`),
    `--kubeconfig ${kubeconfig} --kube-context ${context}`,
  ].join(" ");
}

function gatewayObject(gateway: IstioGateway): object {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: nameOf(gateway),
    spec: {
      selector: gateway.pods.podLabels,
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [gateway.host] }],
    },
  };
}

function nameOf({ gateway }: IstioGateway): { namespace: string; name: string } {
  const [namespace = "", name = ""] = gateway.split("/");
  return { namespace, name };
}
