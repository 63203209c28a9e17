import { expect, test } from "@jest/globals";
import { clusterOf } from "../../../../stacks/delivery/pulumi/cluster.ts";
import { Fault } from "../../../../tools/fault.ts";

const text = [
  "clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:6443' } }]",
  "users: [{ name: u, user: {} }]",
  "contexts: [{ name: dev, context: { cluster: c, user: u } }]",
].join("\n");

test("a kubeconfig may be the text itself", () => {
  expect(clusterOf(text, "dev").getCurrentCluster()?.server).toBe("https://127.0.0.1:6443");
});

test("a kubeconfig that does not exist is named", () => {
  const missing = () => clusterOf("/nowhere/kubeconfig", undefined);
  expect(missing).toThrow(Fault);
  expect(missing).toThrow("kubeconfig /nowhere/kubeconfig does not exist; start the cluster");
});

test("a context that the kubeconfig lacks is named, with those that it has", () => {
  expect(() => clusterOf(text, "production")).toThrow(
    "the kubeconfig has no cluster for context production, but dev; set kubernetes:kubeconfig",
  );
});
