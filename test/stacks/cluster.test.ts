import { expect, test } from "@jest/globals";
import { clusterOf } from "../../stacks/cluster.ts";
import { Fault } from "../../tools/fault.ts";

test("a kubeconfig may be the text itself", () => {
  const text = [
    "clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:6443' } }]",
    "users: [{ name: u, user: {} }]",
    "contexts: [{ name: dev, context: { cluster: c, user: u } }]",
  ].join("\n");
  expect(clusterOf(text, "dev").getCurrentCluster()?.server).toBe("https://127.0.0.1:6443");
});

test("a kubeconfig that does not exist is named", () => {
  const missing = () => clusterOf("/nowhere/kubeconfig", undefined);
  expect(missing).toThrow(Fault);
  expect(missing).toThrow("kubeconfig /nowhere/kubeconfig does not exist; start the cluster");
});
