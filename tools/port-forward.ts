import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { CoreV1Api, type KubeConfig, PortForward } from "@kubernetes/client-node";
import { isReady } from "./cluster/pods.ts";
import { Fault } from "./fault.ts";

/** A service of the cluster, reachable on loopback until it is closed. */
interface Forwarded {
  readonly url: string;
  close(): void;
}

/**
 * Forwards a free port on loopback to a ready pod behind a Service: the way into any cluster.
 * @throws Fault when no pod is ready
 */
export async function forward(config: KubeConfig, namespace: string, service: string): Promise<Forwarded> {
  const { pod, port } = await readyPod(config, namespace, service);
  const forwarding = new PortForward(config);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    forwarding.portForward(namespace, pod, [port], socket, null, socket).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function readyPod(
  config: KubeConfig,
  namespace: string,
  name: string,
): Promise<{ pod: string; port: number }> {
  const api = config.makeApiClient(CoreV1Api);
  const { spec } = await api.readNamespacedService({ namespace, name });
  const labelSelector = Object.entries(spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pods = await api.listNamespacedPod({ namespace, labelSelector });
  const ready = pods.items.find(isReady)?.metadata?.name;
  if (ready === undefined)
    throw new Fault(`${namespace}/${name} has no ready pod; see kubectl -n ${namespace} get pods`, 2);
  const [{ port, targetPort } = { port: 0, targetPort: undefined }] = spec?.ports ?? [];
  return { pod: ready, port: typeof targetPort === "number" ? targetPort : port };
}
