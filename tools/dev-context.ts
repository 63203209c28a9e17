import { CLUSTER_NAME, NODE_ADDRESS } from "./cluster/layout.ts";
import { Fault } from "./fault.ts";
import { credentials, type Target } from "./target.ts";

/** Text stands for itself. */
type Pattern = RegExp | string;

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/;
const privateNetwork = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)[\d.]+$/;

/**
 * How the clusters that people run for development name their contexts, and where they have their API server.
 * Neither says enough alone: a name is quickly given, and loopback may be a tunnel to production.
 */
const clusters: readonly { readonly context: Pattern; readonly hosts: readonly Pattern[] }[] = [
  { context: CLUSTER_NAME, hosts: [loopback, NODE_ADDRESS] },
  { context: /^kind-./, hosts: [loopback] },
  { context: /^k3d-./, hosts: [loopback, "0.0.0.0", "host.docker.internal"] },
  // With a virtual machine as its driver it is on a network of this machine's own.
  { context: "minikube", hosts: [loopback, privateNetwork] },
  { context: /^docker-(for-)?desktop$/, hosts: [loopback, "kubernetes.docker.internal"] },
  { context: "rancher-desktop", hosts: [loopback] },
  { context: /^colima(-.+)?$/, hosts: [loopback, privateNetwork] },
  { context: "orbstack", hosts: [loopback, "k8s.orb.local"] },
  // `microk8s config` gives the machine's own address.
  { context: "microk8s", hosts: [loopback, privateNetwork] },
];

/** Whether a context's name and its API server's URL are those of a well-known cluster for development. */
export function isDevContext(context: string, server: string): boolean {
  const host = URL.canParse(server) ? new URL(server).hostname : "";
  return clusters.some(
    (known) => matches(known.context, context) && known.hosts.some((hosts) => matches(hosts, host)),
  );
}

/**
 * Refuses a context that does not look like a cluster for development.
 * @throws Fault (exit code 1) that names the context, its server, and how to go on all the same
 */
export function refuseUnlessDev(target: Target): void {
  const server = credentials(target).getCurrentCluster()?.server ?? "no server";
  if (isDevContext(target.context, server)) return;
  throw new Fault(
    `context ${target.context} (${server}) does not look like a cluster for development; add --any-context to deploy dev to it all the same`,
    1,
  );
}

function matches(pattern: Pattern, text: string): boolean {
  return typeof pattern === "string" ? pattern === text : pattern.test(text);
}
