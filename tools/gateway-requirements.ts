import { CoreV1Api, CustomObjectsApi, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { Gateway, IstioGateway } from "../constructs/index.ts";
import { isReady } from "./cluster/pods.ts";
import { type Lacking, unlessAbsent } from "./platform-requirements.ts";
import type { Target } from "./target.ts";

/** By which gateway the world comes in, and to the services of which namespaces. */
interface Entrance {
  readonly gateway: Gateway;
  readonly publicNamespaces: readonly string[];
}

/** What of an environment's gateway a cluster lacks, with the commands that install it. */
export async function lackingOfGateway(
  config: KubeConfig,
  { gateway, publicNamespaces }: Entrance,
  target: Target,
): Promise<Lacking[]> {
  if (gateway.kind === "none" || publicNamespaces.length === 0) return [];
  const [pods, hosts] = await Promise.all([readyPods(config, gateway), hostsOf(config, gateway)]);
  const wanted = publicNamespaces.map((namespace) => `${namespace}/${gateway.host}`);
  const shut = hosts ? wanted.filter((host) => !hosts.some((open) => admits(open, host, gateway))) : [];
  const strangers = pods.filter(({ spec }) => spec?.serviceAccountName !== gateway.serviceAccount);
  return [
    pods.length === 0 && {
      what: `a gateway that is ready (pods with ${selector(gateway)} in namespace ${gateway.pods.namespace})`,
      remedy: [installPods(gateway, target)],
    },
    hosts === undefined && {
      what: `the Gateway ${gateway.gateway}`,
      remedy: [
        `echo '${JSON.stringify(gatewayObject(gateway, wanted))}' | kubectl --kubeconfig ${target.kubeconfig} --context ${target.context} apply -f -`,
      ],
    },
    shut.length > 0 && {
      what: `the Gateway ${gateway.gateway} for ${shut.join(", ")} (its hosts are ${hosts?.join(", ") || "none"})`,
      remedy: [`add ${shut.join(", ")} to spec.servers[].hosts of the Gateway ${gateway.gateway}`],
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

/** Whose routes it takes, and for which hosts, in Istio's words; undefined where there is no such Gateway. */
async function hostsOf(config: KubeConfig, gateway: IstioGateway): Promise<readonly string[] | undefined> {
  const { namespace, name } = nameOf(gateway);
  const asked = { group: "networking.istio.io", version: "v1", plural: "gateways", namespace, name };
  const found = config.makeApiClient(CustomObjectsApi).getNamespacedCustomObject(asked);
  const object: IGateway | undefined = await unlessAbsent(found);
  return object && (object.spec?.servers ?? []).flatMap(({ hosts }) => hosts);
}

/**
 * Whether a host of a Gateway takes routes of `<namespace>/<host>`. It may leave the namespace out, which means all of them.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#Server-hosts
 */
function admits(entry: string, wanted: string, { gateway }: IstioGateway): boolean {
  const [namespace = "", name = ""] = wanted.split("/");
  const [of = "", host = ""] = entry.includes("/") ? entry.split("/") : ["*", entry];
  const isOfNamespace = of === "*" || of === namespace || (of === "." && gateway.startsWith(`${namespace}/`));
  return isOfNamespace && (isAmong(name, host) || isAmong(host, name));
}

function isAmong(host: string, hosts: string): boolean {
  return host === hosts || (hosts.startsWith("*") && host.endsWith(hosts.slice(1)));
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

/** It takes routes of the shop's own namespaces alone: whoever else may write a VirtualService has no part in the host. */
function gatewayObject(gateway: IstioGateway, hosts: readonly string[]): object {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: nameOf(gateway),
    spec: {
      selector: gateway.pods.podLabels,
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts }],
    },
  };
}

function nameOf({ gateway }: IstioGateway): { namespace: string; name: string } {
  const [namespace = "", name = ""] = gateway.split("/");
  return { namespace, name };
}
