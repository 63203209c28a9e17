import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { oldestIstio } from "../../tools/mesh-requirements.ts";
import { isOlder, lackingOf, oldestKubernetes, requirePlatform } from "../../tools/platform-requirements.ts";
import { type Answers, type ApiServer, apiServer } from "./api-server.ts";
import { platformAnswers, platformPaths } from "./complete-cluster.ts";

const complete = {
  version: "1.36",
  rollouts: true,
  metricsFault: undefined,
  defaultStorageClass: true,
  forbidden: [],
};

test("a complete platform lacks nothing", () => {
  expect(lackingOf(complete, "kubectl", "shop")).toEqual([]);
});

test("all that is missing is named at once", () => {
  const nothing = {
    version: "1.33+",
    rollouts: false,
    metricsFault: "absent",
    defaultStorageClass: false,
    forbidden: ["create validatingadmissionpolicies"],
  };
  expect(lackingOf(nothing, "kubectl", "shop").map(({ what }) => what)).toEqual([
    "Kubernetes 1.34 or newer (it has 1.33+)",
    "Argo Rollouts (rollouts in argoproj.io/v1alpha1)",
    "metrics-server (APIService v1beta1.metrics.k8s.io: absent), which autoscaling needs",
    "a default StorageClass",
    "the right to put policies in force: you may not create validatingadmissionpolicies",
  ]);
});

test.each([
  ["1.33+", true],
  ["0.99", true],
  ["unknown", true],
  ["1.34", false],
  ["1.100", false],
  ["2.0", false],
])("%s is older than 1.34: %p", (version, older) => {
  expect(isOlder(version, "1.34")).toBe(older);
});

test("the page about clusters of one's own says the same versions", async () => {
  const page = join(import.meta.dirname, "../../docs/tasks/your-own-cluster.md");
  const versions = (await readFile(page, "utf8")).match(/(?:Kubernetes|Istio) [\d.]+ or newer/g);
  expect(versions).toEqual([`Kubernetes ${oldestKubernetes} or newer`, `Istio ${oldestIstio} or newer`]);
});

test.each([
  ["kind-shop", true],
  ["minikube", true],
  ["k3d-shop", false],
])("metrics-server of %s has to be told to trust the kubelets: %p", (context, told) => {
  const [metrics] = lackingOf({ ...complete, metricsFault: "absent" }, "kubectl", context);
  expect(metrics?.remedy.some((line) => line.includes("--kubelet-insecure-tls"))).toBe(told);
});

const { argo, metrics, rights, storage } = platformPaths;

let answers: Answers;
let server: ApiServer;
beforeEach(async () => {
  answers = platformAnswers();
  server = await apiServer(() => answers);
});
afterEach(() => server.remove());

async function refusal(): Promise<string> {
  return requirePlatform(server.target).then(
    () => "none",
    ({ message }) => message,
  );
}

test("a cluster with everything is accepted", async () => {
  expect(await refusal()).toBe("none");
});

test.each(["absent", "Argo CD's alone"])("an argoproj.io that is %s is not Argo Rollouts", async (state) => {
  answers[argo] = state === "absent" ? { code: 404 } : { resources: [{ name: "applications" }] };
  expect(await refusal()).toMatch(
    /^the cluster of context shop lacks:\n {2}Argo Rollouts .*\n {4}kubectl --/,
  );
});

test("metrics that are registered but not served are missing, in Kubernetes' words", async () => {
  const message = "failing or missing response from https://10.96.14.2:443";
  answers[metrics] = { status: { conditions: [{ type: "Available", status: "False", message }] } };
  expect(await refusal()).toContain(`metrics-server (APIService v1beta1.metrics.k8s.io: ${message})`);
});

test("a StorageClass that is not the default is not enough", async () => {
  answers[storage] = { items: [{ metadata: { name: "standard" } }] };
  expect(await refusal()).toContain(
    `  a default StorageClass\n    kubectl --kubeconfig ${server.target.kubeconfig} --context shop apply -f `,
  );
});

test("whoever may not put policies in force is told of the rights, and the commands that give them", async () => {
  answers[rights] = { status: { allowed: false } };
  expect(await refusal()).toContain(
    "may not create validatingadmissionpolicies, patch validatingadmissionpolicies, delete validatingadmissionpolicies, create validatingadmissionpolicybindings,",
  );
  expect(await refusal()).toContain(
    " create clusterrole pressurevalve-policies --verb=get,list,watch,create,patch,delete --resource=validatingadmissionpolicies.admissionregistration.k8s.io,validatingadmissionpolicybindings.admissionregistration.k8s.io\n",
  );
});

test("a cluster that cannot be reached is said to be", async () => {
  server.stop();
  expect(await refusal()).toMatch(/^context shop .* cannot be reached: .*ECONNREFUSED/);
});

test("what its user may not see is told in the cluster's words", async () => {
  answers[storage] = { code: 403, kind: "Status", message: "storageclasses is forbidden" };
  expect(await refusal()).toMatch(/^context shop .* refuses its user \(403: storageclasses is forbidden\);/);
});
