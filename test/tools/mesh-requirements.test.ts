import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Meshed, requireMesh } from "../../tools/mesh-requirements.ts";
import { type Answers, type ApiServer, apiServer } from "./api-server.ts";
import { meshAnswers, meshPaths, meshSettings, pod, resources } from "./complete-cluster.ts";

const { networking, istiods, settings, gateway: object } = meshPaths;
const pods = `${meshPaths.gatewayPods}%2Cistio%3Dingress`;
const meshed = {
  mesh: { kind: "istio", trustDomain: "cluster.local" },
  gateway: {
    kind: "istio",
    gateway: "istio-ingress/shop",
    host: "*",
    pods: { namespace: "istio-ingress", podLabels: { app: "ingress", istio: "ingress" } },
    serviceAccount: "ingress",
  },
} as const;

let answers: Answers;
let server: ApiServer;
let kubeconfig: string;
beforeEach(async () => {
  answers = { ...meshAnswers(), [pods]: { items: [pod("ingress")] } };
  server = await apiServer(() => answers);
  kubeconfig = server.target.kubeconfig;
});
afterEach(() => server.remove());

async function refusal(wanted: Meshed = meshed): Promise<string> {
  return requireMesh(server.target, wanted).then(
    () => "none",
    ({ message }) => message,
  );
}

test("a cluster with Istio and the environment's trust domain is accepted", async () => {
  expect(await refusal()).toBe("none");
});

test("without a mesh nothing is asked of the cluster", async () => {
  answers = {};
  expect(await refusal({ mesh: { kind: "none" }, gateway: { kind: "none" } })).toBe("none");
  expect(server.asked).toEqual([]);
});

test("a cluster without Istio is told all that it lacks, and the one command that installs it", async () => {
  answers = { [istiods]: { items: [] } };
  expect(await refusal({ ...meshed, gateway: { kind: "none" } })).toBe(
    `the cluster of context shop lacks:
  Istio 1.26 or newer (no virtualservices.networking.istio.io, destinationrules.networking.istio.io, sidecars.networking.istio.io, authorizationpolicies.security.istio.io, peerauthentications.security.istio.io; no istiod that is ready)
    istioctl install --kubeconfig ${kubeconfig} --context shop --set profile=minimal --set components.cni.enabled=true --set meshConfig.trustDomain=cluster.local --set meshConfig.pathNormalization.normalization=DECODE_AND_MERGE_SLASHES --set meshConfig.defaultHttpRetryPolicy.attempts=0`,
  );
});

test("kinds of an older Istio are not enough", async () => {
  answers[networking] = resources("virtualservices", "destinationrules");
  expect(await refusal()).toContain("(no sidecars.networking.istio.io)\n");
});

test("an istiod that is not ready signs nothing", async () => {
  answers[istiods] = { items: [{ metadata: { namespace: "istio-system" }, status: { replicas: 1 } }] };
  expect(await refusal()).toContain("Istio 1.26 or newer (no istiod that is ready)\n");
});

test("an istiod that signs for another domain is found out, with the line that mends it", async () => {
  answers[settings] = meshSettings("trustDomain: acme.example\n");
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  the trust domain cluster.local (its istiod signs for acme.example)
    write mesh: { kind: "istio", trustDomain: "acme.example" } in stacks/environments.ts`,
  );
});

test("an istiod that judges paths as they are written, which the application then decodes, is found out", async () => {
  answers[settings] = { data: { mesh: "rootNamespace: istio-system\n" } };
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  paths that are decoded before policies judge them (its pathNormalization is DEFAULT)
    set meshConfig.pathNormalization.normalization to DECODE_AND_MERGE_SLASHES where you install Istio`,
  );
});

test("a gateway that is not there is named, its pods and its object, with what installs them", async () => {
  delete answers[object];
  answers[pods] = { items: [pod("ingress", "False")] };
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  a gateway that is ready (pods with app=ingress,istio=ingress in namespace istio-ingress)
    helm install ingress gateway --repo https://istio-release.storage.googleapis.com/charts --namespace istio-ingress --create-namespace --set labels.app=ingress --set labels.istio=ingress --kubeconfig ${kubeconfig} --kube-context shop
  the Gateway istio-ingress/shop
    echo '{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"namespace":"istio-ingress","name":"shop"},"spec":{"selector":{"app":"ingress","istio":"ingress"},"servers":[{"port":{"number":80,"name":"http","protocol":"HTTP"},"hosts":["*"]}]}}' | kubectl --kubeconfig ${kubeconfig} --context shop apply -f -`,
  );
});

test("a gateway of another ServiceAccount would be refused by every service, and is found out", async () => {
  answers[pods] = { items: [pod("istio-ingressgateway")] };
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  a gateway of the ServiceAccount ingress (its pods have istio-ingressgateway)
    write gateway.serviceAccount: "istio-ingressgateway" in stacks/environments.ts`,
  );
});

test("an istiod of a revision is asked by that revision's settings", async () => {
  const metadata = { namespace: "istio-system", labels: { "istio.io/rev": "1-31" } };
  answers[istiods] = { items: [{ metadata, status: { readyReplicas: 2 } }] };
  answers[`${settings}-1-31`] = meshSettings("trustDomain: acme.example\n");
  expect(await refusal()).toContain("signs for acme.example");
});

test("a cluster that cannot be reached is said to be", async () => {
  server.stop();
  expect(await refusal()).toMatch(/^context shop .* cannot be reached: .*ECONNREFUSED/);
});
