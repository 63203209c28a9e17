import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { meshConfig } from "../../tools/cluster/platform/mesh-config.ts";
import { type Meshed, meshKinds, requireMesh } from "../../tools/mesh-requirements.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { meshedShop } from "../proofs.ts";
import { type Answers, type ApiServer, apiServer } from "./api-server.ts";
import { httpServer, meshAnswers, meshPaths, meshSettings, pod, resources } from "./complete-cluster.ts";

const { networking, istiods, version, settings, gateway: object } = meshPaths;
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
  publicNamespaces: ["dev-order", "dev-rental"],
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

/** As Kubernetes names the resources of a kind. */
function pluralOf(kind: string): string {
  return `${kind.toLowerCase().replace(/y$/, "ie")}s`;
}

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
  expect(await refusal({ mesh: { kind: "none" }, gateway: { kind: "none" }, publicNamespaces: [] })).toBe(
    "none",
  );
  expect(server.asked).toEqual([]);
});

test("a cluster without Istio is told all that it lacks, and the one command that installs it", async () => {
  const { proxyStatsMatcher } = meshConfig.defaultConfig;
  const spec = { meshConfig: { defaultConfig: { proxyStatsMatcher } } };
  const file = JSON.stringify({ apiVersion: "install.istio.io/v1alpha1", kind: "IstioOperator", spec });
  answers = { [istiods]: { items: [] } };
  expect(await refusal({ ...meshed, gateway: { kind: "none" } })).toBe(
    `the cluster of context shop lacks:
  Istio 1.27 or newer (no virtualservices.networking.istio.io, destinationrules.networking.istio.io, sidecars.networking.istio.io, serviceentries.networking.istio.io, envoyfilters.networking.istio.io, authorizationpolicies.security.istio.io, peerauthentications.security.istio.io; no istiod that is ready)
    printf %s '${file}' | istioctl install --skip-confirmation --kubeconfig ${kubeconfig} --context shop --set profile=minimal --set components.cni.enabled=true --set meshConfig.trustDomain=cluster.local --set meshConfig.pathNormalization.normalization=DECODE_AND_MERGE_SLASHES --set meshConfig.defaultHttpRetryPolicy.attempts=0 -f -`,
  );
});

test("the command that installs Istio gives istioctl the statistics of the local cluster, whichever shell runs it", async () => {
  answers = { [istiods]: { items: [] } };
  const [written = ""] =
    /printf .*(?= \| istioctl)/.exec(await refusal({ ...meshed, gateway: { kind: "none" } })) ?? [];
  const { stdout } = await execa("sh", ["-c", written]);
  expect(JSON.parse(stdout).spec.meshConfig.defaultConfig.proxyStatsMatcher).toEqual(
    meshConfig.defaultConfig.proxyStatsMatcher,
  );
});

test("kinds of an older Istio are not enough", async () => {
  answers[networking] = resources("virtualservices", "destinationrules", "serviceentries");
  expect(await refusal()).toContain("Istio 1.27 or newer (no sidecars.networking.istio.io)\n");
});

test("every kind of Istio's that is rendered is asked for", () => {
  const rendered = manifestsOf(meshedShop).filter(({ apiVersion }) => apiVersion.includes(".istio.io/"));
  const asked = Object.entries(meshKinds).flatMap(([apiVersion, names]) =>
    names.map((name) => `${name} ${apiVersion}`),
  );
  expect(asked.toSorted()).toEqual(
    [...new Set(rendered.map(({ apiVersion, kind }) => `${pluralOf(kind)} ${apiVersion}`))].toSorted(),
  );
});

test.each([
  "1.26.3-0b29dc6a-Clean",
  "0.99-0b29dc6a-Clean",
  "unknown-unknown-unknown",
])("an istiod that says %s is too old, and is to be upgraded, not installed", async (says) => {
  answers[version] = says;
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  Istio 1.27 or newer (its istiod says ${says})
    upgrade it: https://istio.io/latest/docs/setup/upgrade/`,
  );
});

test.each([
  "1.27-alpha.9c900ba-9c900ba-Modified",
  "1.100.0-0b29dc6a-Clean",
  "2.0.0-0b29dc6a-Clean",
])("an istiod that says %s is new enough", async (says) => {
  answers[version] = says;
  expect(await refusal()).toBe("none");
});

const closed = "error trying to reach service: dial tcp 10.1.2.3:15014: i/o timeout";
const refusals = [
  [503, closed],
  [403, 'services "istiod:15014" is forbidden: User "me" cannot get resource "services/proxy"'],
  [404, 'services "istiod" not found'],
] as const;

/** Istiod refuses to be asked, and has that image. */
function refusing(code: number, message: string, image: string): void {
  answers[version] = { code, kind: "Status", message };
  const metadata = { namespace: "istio-system", name: "istiod" };
  const spec = { template: { spec: { containers: [{ name: "discovery", image }] } } };
  answers[istiods] = { items: [{ metadata, spec, status: { readyReplicas: 1 } }] };
}

describe.each(refusals)("where istiod's port cannot be asked (%s)", (code, message) => {
  test.each([
    "docker.io/istio/pilot:1.27.0",
    "registry.example:5000/pilot:1.29.1-distroless@sha256:0b29dc6a",
  ])("the tag of %s tells its version", async (image) => {
    refusing(code, message, image);
    expect(await refusal()).toBe("none");
  });

  test("so it does of an istiod that is too old", async () => {
    refusing(code, message, "docker.io/istio/pilot:1.26.3-distroless");
    expect(await refusal()).toContain("Istio 1.27 or newer (its istiod says 1.26.3-distroless)\n");
  });

  test.each([
    "registry.example:5000/pilot@sha256:0b29dc6a",
    "registry.example:5000/pilot",
    "docker.io/istio/pilot:latest",
  ])("with %s its version is not known, and the way to it is told", async (image) => {
    refusing(code, message, image);
    expect(await refusal()).toBe(
      `the cluster of context shop lacks:
  a version of Istio that is known, 1.27 or newer (its istiod cannot be asked: ${code}: ${message})
    open port 15014 of its pods to the API server, and let your user get services/proxy of istiod:15014 in namespace istio-system`,
    );
  });
});

test("an istiod that is not ready signs nothing", async () => {
  answers[istiods] = { items: [{ metadata: { namespace: "istio-system" }, status: { replicas: 1 } }] };
  expect(await refusal()).toContain("Istio 1.27 or newer (no istiod that is ready)\n");
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
    echo '{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"namespace":"istio-ingress","name":"shop"},"spec":{"selector":{"app":"ingress","istio":"ingress"},"servers":[{"port":{"number":80,"name":"http","protocol":"HTTP"},"hosts":["dev-order/*","dev-rental/*"]}]}}' | kubectl --kubeconfig ${kubeconfig} --context shop apply -f -`,
  );
});

test.each([
  ["*", "*"],
  ["*/*.acme.example", "shop.acme.example"],
  ["dev-rental/shop.acme.example", "*"],
])("a Gateway that has %s takes the routes of dev-rental for %s", async (has, host) => {
  answers[object] = { spec: { servers: [httpServer("dev-order/*"), httpServer(has)] } };
  expect(await refusal({ ...meshed, gateway: { ...meshed.gateway, host } })).toBe("none");
});

test.each([
  "./*",
  "rental/*",
  "*/acme.example",
  "dev-rental/*.dev.acme.example",
])("a Gateway that has %s takes no routes of dev-rental for shop.acme.example, and is found out", async (has) => {
  answers[object] = { spec: { servers: [httpServer("dev-order/shop.acme.example", has)] } };
  expect(await refusal({ ...meshed, gateway: { ...meshed.gateway, host: "shop.acme.example" } })).toBe(
    `the cluster of context shop lacks:
  the Gateway istio-ingress/shop for dev-rental/shop.acme.example (its hosts are dev-order/shop.acme.example, ${has})
    add dev-rental/shop.acme.example to the hosts of an HTTP or HTTPS server of the Gateway istio-ingress/shop`,
  );
});

/** A Gateway of one server for all hosts. */
function serving(protocol: string, tls?: object): Answers[string] {
  return { spec: { servers: [{ port: { number: 443, name: "in", protocol }, hosts: ["*"], tls }] } };
}

test.each([
  ["HTTP", undefined],
  ["HTTP2", { httpsRedirect: false }],
  ["HTTPS", { mode: "SIMPLE", credentialName: "shop" }],
  ["HTTPS", { mode: "MUTUAL", credentialName: "shop" }],
])("a server of %s with tls %j takes routes", async (protocol, tls) => {
  answers[object] = serving(protocol, tls);
  expect(await refusal()).toBe("none");
});

test.each([
  ["HTTP", { httpsRedirect: true }],
  ["HTTPS", { mode: "PASSTHROUGH" }],
  ["HTTPS", undefined],
  ["TLS", { mode: "SIMPLE", credentialName: "shop" }],
  ["TCP", undefined],
])("a server of %s with tls %j takes none, whatever its hosts", async (protocol, tls) => {
  answers[object] = serving(protocol, tls);
  expect(await refusal()).toContain(
    "the Gateway istio-ingress/shop for dev-order/*, dev-rental/* (its hosts are none)\n",
  );
});

test("a Gateway at other pods than the environment names is found out", async () => {
  answers[object] = { spec: { selector: { istio: "ingressgateway" }, servers: [httpServer("*")] } };
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  the Gateway istio-ingress/shop at the pods with app=ingress,istio=ingress (its selector is istio=ingressgateway)
    write spec.selector: {"app":"ingress","istio":"ingress"} in the Gateway istio-ingress/shop, or the pods that it selects into gateway.pods in stacks/environments.ts`,
  );
});

test("a Gateway that selects those pods by fewer labels is at them", async () => {
  answers[object] = { spec: { selector: { istio: "ingress" }, servers: [httpServer("*")] } };
  expect(await refusal()).toBe("none");
});

test("where nothing is public, no gateway is asked for", async () => {
  delete answers[object];
  answers[pods] = { items: [] };
  expect(await refusal({ ...meshed, publicNamespaces: [] })).toBe("none");
});

test("a gateway of another ServiceAccount would be refused by every service, and is found out", async () => {
  answers[pods] = { items: [pod("istio-ingressgateway")] };
  expect(await refusal()).toBe(
    `the cluster of context shop lacks:
  a gateway of the ServiceAccount ingress (its pods have istio-ingressgateway)
    write gateway.serviceAccount: "istio-ingressgateway" in stacks/environments.ts`,
  );
});

test("an istiod of a revision is asked for its own version, and by its own settings", async () => {
  const metadata = { namespace: "istio-system", name: "istiod-1-31", labels: { "istio.io/rev": "1-31" } };
  answers[istiods] = { items: [{ metadata, status: { readyReplicas: 2 } }] };
  answers[version.replace("istiod", "istiod-1-31")] = "1.26.0-0b29dc6a-Clean";
  answers[`${settings}-1-31`] = meshSettings("trustDomain: acme.example\n");
  expect(await refusal()).toMatch(/its istiod says 1\.26\.0[\s\S]*signs for acme\.example/);
});

test("a cluster that cannot be reached is said to be", async () => {
  server.stop();
  expect(await refusal()).toMatch(/^context shop .* cannot be reached: .*ECONNREFUSED/);
});
