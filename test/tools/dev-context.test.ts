import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { isDevContext, refuseUnlessDev } from "../../tools/dev-context.ts";

test.each([
  ["pressurevalve", "https://10.244.0.1:6443"],
  ["pressurevalve", "https://127.0.0.1:9"],
  ["kind-kind", "https://127.0.0.1:38083"],
  ["kind-six", "https://[::1]:38083"],
  ["k3d-shop", "https://0.0.0.0:41009"],
  ["k3d-shop", "https://host.docker.internal:41009"],
  ["minikube", "https://192.168.49.2:8443"],
  ["minikube", "https://127.0.0.1:32769"],
  ["docker-desktop", "https://kubernetes.docker.internal:6443"],
  ["docker-for-desktop", "https://localhost:6443"],
  ["rancher-desktop", "https://127.0.0.1:6443"],
  ["colima", "https://127.0.0.1:50217"],
  ["colima-shop", "https://192.168.106.2:6443"],
  ["orbstack", "https://127.0.0.1:26443"],
  ["microk8s", "https://192.168.1.20:16443"],
])("%s at %s is for development", (context, server) => {
  expect(isDevContext(context, server)).toBe(true);
});

test.each([
  ["acme-production", "https://10.244.0.1:6443", "the local cluster's address under another name"],
  ["production", "https://127.0.0.1:6443", "a tunnel"],
  ["kind-production", "https://10.0.0.1:6443", "a name that is quickly given"],
  ["kind-", "https://127.0.0.1:6443", "the prefix alone"],
  ["minikube-production", "https://192.168.49.2:8443", "a name that begins like another"],
  ["my-docker-desktop", "https://127.0.0.1:6443", "a name that ends like another"],
  ["pressurevalve", "https://pressurevalve.example.com", "the local cluster's name elsewhere"],
  ["minikube", "https://10.example.com:8443", "a host that begins like a private address"],
  ["minikube", "https://172.32.0.1:8443", "an address beside the private ones"],
  ["kind-kind", "https://127.0.0.1.example.com", "a host that begins like loopback"],
  ["kind-kind", "no server", "no URL at all"],
])("%s at %s is not: %s", (context, server) => {
  expect(isDevContext(context, server)).toBe(false);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-context-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a refusal names the context, its server, and how to go on all the same", async () => {
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "acme", cluster: { server: "https://acme.example.com" } }],
      contexts: [{ name: "production", context: { cluster: "acme", user: "me" } }],
      users: [{ name: "me", user: {} }],
    }),
  );
  expect(() => refuseUnlessDev({ kubeconfig, context: "production" })).toThrow(
    "context production (https://acme.example.com) does not look like a cluster for development; add --any-context to deploy dev to it all the same",
  );
});
