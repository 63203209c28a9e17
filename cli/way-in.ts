import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { Environment, IstioGateway } from "../constructs/index.ts";
import { Fault } from "../tools/fault.ts";

/** A Service by which a cluster is entered. */
export interface WayIn {
  readonly namespace: string;
  readonly name: string;
  /** Where the world outside asks it. */
  readonly url: string;
  /** The name that it is asked for; any, where there is none. */
  readonly host?: string;
}

/**
 * The Service of the environment's gateway; nothing where there is none.
 * @throws Fault when no Service leads to the gateway's pods
 */
export async function gatewayOf(cluster: KubeConfig, { gateway }: Environment): Promise<WayIn | undefined> {
  if (gateway.kind === "none") return undefined;
  const { namespace } = gateway.pods;
  const api = cluster.makeApiClient(CoreV1Api);
  const pods = await api.listNamespacedPod({ namespace, labelSelector: selectorOf(gateway) });
  const services = await api.listNamespacedService({ namespace });
  const found = services.items.find(({ spec }) =>
    pods.items.some(({ metadata }) => selects(spec?.selector, metadata?.labels)),
  );
  if (found === undefined)
    throw new Fault(
      `no Service of ${namespace} leads to pods of ${gateway.gateway} (${selectorOf(gateway)})`,
      3,
    );
  const { metadata, spec, status } = found;
  const [balancer] = status?.loadBalancer?.ingress ?? [];
  const host = gateway.host === "*" ? (balancer?.hostname ?? balancer?.ip ?? spec?.clusterIP) : gateway.host;
  const port = spec?.ports?.find(({ name }) => name?.startsWith("http"))?.port ?? 80;
  return {
    namespace,
    name: metadata?.name ?? "",
    url: `http://${host}${port === 80 ? "" : `:${port}`}`,
    ...(gateway.host !== "*" && { host: gateway.host }),
  };
}

function selectorOf({ pods }: IstioGateway): string {
  return Object.entries(pods.podLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function selects(selector: Record<string, string> = {}, labels: Record<string, string> = {}): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
