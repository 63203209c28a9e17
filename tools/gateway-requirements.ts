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
  const [pods, found] = await Promise.all([readyPods(config, gateway), gatewayOf(config, gateway)]);
  const hosts = found && hostsOf(found);
  const wanted = publicNamespaces.map((namespace) => `${namespace}/${gateway.host}`);
  const shut = hosts ? wanted.filter((host) => !hosts.some((open) => admits(open, host, gateway))) : [];
  const strangers = pods.filter(({ spec }) => spec?.serviceAccountName !== gateway.serviceAccount);
  return [
    pods.length === 0 && {
      what: `a gateway that is ready (pods with ${selector(gateway)} in namespace ${gateway.pods.namespace})`,
      remedy: [installPods(gateway, target)],
    },
    found === undefined && {
      what: `the Gateway ${gateway.gateway}`,
      remedy: [
        `echo '${JSON.stringify(gatewayObject(gateway, wanted))}' | kubectl --kubeconfig ${target.kubeconfig} --context ${target.context} apply -f -`,
      ],
    },
    pods.length > 0 &&
      found !== undefined &&
      !pods.some((pod) => selects(found, pod)) && {
        what: `the Gateway ${gateway.gateway} at the pods with ${selector(gateway)} (its selector is ${listed(found.spec?.selector)})`,
        remedy: [
          `write spec.selector: ${JSON.stringify(gateway.pods.podLabels)} in the Gateway ${gateway.gateway}, or the pods that it selects into gateway.pods in stacks/environments.ts`,
        ],
      },
    shut.length > 0 && {
      what: `the Gateway ${gateway.gateway} for ${shut.join(", ")} (its hosts are ${hosts?.join(", ") || "none"})`,
      remedy: [
        `add ${shut.join(", ")} to the hosts of an HTTP or HTTPS server of the Gateway ${gateway.gateway}`,
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

/** The Gateway as the cluster has it; undefined where it has none. */
async function gatewayOf(config: KubeConfig, gateway: IstioGateway): Promise<IGateway | undefined> {
  const { namespace, name } = nameOf(gateway);
  const asked = { group: "networking.istio.io", version: "v1", plural: "gateways", namespace, name };
  return await unlessAbsent(config.makeApiClient(CustomObjectsApi).getNamespacedCustomObject(asked));
}

/** Whether a Gateway is for that pod; one that selects nothing is for every gateway. */
function selects({ spec }: IGateway, { metadata }: V1Pod): boolean {
  return Object.entries(spec?.selector ?? {}).every(([label, value]) => metadata?.labels?.[label] === value);
}

/** Whose routes of HTTP it takes, and for which hosts, in Istio's words. */
function hostsOf({ spec }: IGateway): readonly string[] {
  return (spec?.servers ?? []).filter(takesRoutes).flatMap(({ hosts }) => hosts);
}

/**
 * Whether a server hands requests to the routes of HTTP: not one that answers each with a redirect, nor one that sees only bytes.
 * Whoever says no tls.mode gets PASSTHROUGH. https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 */
function takesRoutes({ port, tls }: Server): boolean {
  if (tls?.httpsRedirect) return false;
  const protocol = port?.protocol.toUpperCase();
  if (protocol === "HTTPS") return !(tls?.mode ?? "PASSTHROUGH").endsWith("PASSTHROUGH");
  return protocol === "HTTP" || protocol === "HTTP2" || protocol === "GRPC";
}

type Server = NonNullable<NonNullable<IGateway["spec"]>["servers"]>[number];

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
  return listed(pods.podLabels);
}

function listed(labels: Readonly<Record<string, string>> = {}): string {
  return spelled(labels).join(",");
}

function spelled(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([label, value]) => `${label}=${value}`);
}

/** Istio's own chart: its ServiceAccount has the name of the release. */
function installPods({ pods, serviceAccount }: IstioGateway, { kubeconfig, context }: Target): string {
  return [
    `helm install ${serviceAccount} gateway --repo https://istio-release.storage.googleapis.com/charts`,
    `--namespace ${pods.namespace} --create-namespace`,
    ...spelled(pods.podLabels).map((label) => `--set labels.${label}`),
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
