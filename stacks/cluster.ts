import { existsSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";

/**
 * The cluster that the Kubernetes provider deploys to: `kubernetes:kubeconfig` (a path or the text itself) and
 * `kubernetes:context` of the stack; without them KUBECONFIG or ~/.kube/config, as the provider does.
 */
export function stackCluster(): KubeConfig {
  const config = new pulumi.Config("kubernetes");
  const kubeconfig = config.get("kubeconfig");
  const context = config.get("context");
  const cluster = new KubeConfig();
  if (kubeconfig === undefined) cluster.loadFromDefault();
  else if (existsSync(kubeconfig)) cluster.loadFromFile(kubeconfig);
  else cluster.loadFromString(kubeconfig);
  if (context !== undefined) cluster.setCurrentContext(context);
  return cluster;
}
