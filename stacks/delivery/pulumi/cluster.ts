import { existsSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { Fault } from "../../../tools/fault.ts";

/** The cluster that the Kubernetes provider deploys to: `kubernetes:kubeconfig` and `kubernetes:context` of the stack. */
export function stackCluster(): KubeConfig {
  const config = new pulumi.Config("kubernetes");
  return clusterOf(config.get("kubeconfig"), config.get("context"));
}

/**
 * A cluster by its kubeconfig, which is a path or the text itself, and a context; without them KUBECONFIG or
 * ~/.kube/config, as the provider does.
 *
 * @throws Fault when the kubeconfig does not exist, or has no such context.
 */
export function clusterOf(kubeconfig: string | undefined, context: string | undefined): KubeConfig {
  const cluster = new KubeConfig();
  if (kubeconfig === undefined) cluster.loadFromDefault();
  else if (kubeconfig.includes("\n")) cluster.loadFromString(kubeconfig);
  else if (existsSync(kubeconfig)) cluster.loadFromFile(kubeconfig);
  else
    throw new Fault(
      `kubeconfig ${kubeconfig} does not exist; start the cluster, or set kubernetes:kubeconfig of the stack`,
      3,
    );
  if (context !== undefined) cluster.setCurrentContext(context);
  if (cluster.getCurrentCluster() === null) throw noSuchContext(cluster);
  return cluster;
}

function noSuchContext(cluster: KubeConfig): Fault {
  const known = cluster.getContexts().map(({ name }) => name);
  return new Fault(
    `the kubeconfig has no cluster for context ${cluster.getCurrentContext() || "(none)"}, but ${known.join(", ") || "none at all"}; set kubernetes:kubeconfig and kubernetes:context of the stack`,
    3,
  );
}
