import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { coredns } from "../../../tools/cluster/platform/coredns.ts";
import { platformDeployments } from "../../../tools/cluster/platform/index.ts";
import { ingress, ingressHome } from "../../../tools/cluster/platform/ingress.ts";
import { installation } from "../../../tools/cluster/platform/istio.ts";
import { edited, type Manifest } from "../../../tools/cluster/platform/manifest.ts";
import { injectedAnnotations, meshConfig } from "../../../tools/cluster/platform/mesh-config.ts";
import { prometheus } from "../../../tools/cluster/platform/prometheus.ts";

const dns = coredns("pressurevalve.local/coredns:1");

test("DNS has the address, name and labels that it has in other clusters, so that their network policies fit", () => {
  const service = dns.find(({ kind }) => kind === "Service");
  expect(service?.metadata).toMatchObject({ name: "kube-dns", namespace: "kube-system" });
  expect(service?.spec).toMatchObject({ clusterIP: "10.96.0.10", selector: { "k8s-app": "kube-dns" } });
  const deployment = dns.find(({ kind }) => kind === "Deployment");
  expect(deployment?.spec.template.metadata.labels).toMatchObject({ "k8s-app": "kube-dns" });
});

test("DNS may bind a low port and has no other right over the machine", () => {
  const [container] = dns.find(({ kind }) => kind === "Deployment")?.spec.template.spec.containers ?? [];
  expect(container.securityContext.capabilities).toEqual({ add: ["NET_BIND_SERVICE"], drop: ["ALL"] });
});

test("the mesh is asked for sidecars that Pod Security admits and for no filter that upstream's Envoy lacks", () => {
  expect(
    installation("pressurevalve.local/pilot-discovery:1", "pressurevalve.local/istio-proxy:1"),
  ).toMatchObject({
    spec: {
      values: {
        global: {
          proxy: { image: "pressurevalve.local/istio-proxy:1", seccompProfile: { type: "RuntimeDefault" } },
          proxy_init: { image: "pressurevalve.local/istio-proxy:1" },
        },
        pilot: {
          image: "pressurevalve.local/pilot-discovery:1",
          env: { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" },
        },
        telemetry: { enabled: false },
      },
      unvalidatedValues: { pilot: { cni: { enabled: true } } },
    },
  });
});

const asked = prometheus("pressurevalve.local/prometheus:1");
const all = [...ingressHome(), ...ingress(), ...asked];

test("the gateway of the mesh is found by its pods' labels, and its Service leads to them", () => {
  const { template, selector } = only("Deployment", ingress()).spec;
  const gateway = only("Gateway", ingress());
  expect(gateway.metadata).toMatchObject({ namespace: "istio-ingress", name: "shop" });
  expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  expect(template.metadata.labels).toMatchObject(gateway.spec.selector);
  const service = only("Service", ingress());
  expect(template.metadata.labels).toMatchObject(service.spec.selector);
  expect(service.spec.ports).toMatchObject([{ port: 80, targetPort: 8080 }]);
  expect(gateway.spec.servers).toMatchObject([{ port: { number: 80, protocol: "HTTP" }, hosts: ["*"] }]);
});

test("istiod is told to make a gateway of the pod, not to put a sidecar into it", () => {
  const { metadata, spec } = only("Deployment", ingress()).spec.template;
  expect(metadata).toMatchObject({
    labels: { "sidecar.istio.io/inject": "true" },
    annotations: { "inject.istio.io/templates": "gateway" },
  });
  expect(spec.containers).toMatchObject([
    { name: "istio-proxy", image: "auto", imagePullPolicy: "IfNotPresent" },
  ]);
  expect(spec.serviceAccountName).toBe(only("ServiceAccount", ingressHome()).metadata.name);
});

test("nothing that istiod has to check is applied before it can answer", () => {
  const kinds = [...ingressHome(), ...asked].map(({ apiVersion }) => apiVersion);
  expect(kinds.filter((apiVersion) => apiVersion.includes("istio.io"))).toEqual([]);
});

test.each(["istio-ingress", "prometheus"])("the start waits for the Deployment of %s", (namespace) => {
  const waited = platformDeployments.find((deployment) => deployment.namespace === namespace);
  const deployment = all.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.namespace === namespace,
  );
  expect(waited?.name).toBe(deployment?.metadata.name);
});

test.each([
  "istio-ingress",
  "prometheus",
])("namespace %s enforces the restricted Pod Security Standard, and its pod asks for no right", (namespace) => {
  const home = all.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace);
  expect(home?.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  const deployment = all.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.namespace === namespace,
  );
  const { securityContext, containers } = deployment?.spec.template.spec ?? {};
  expect(securityContext.seccompProfile).toEqual({ type: "RuntimeDefault" });
  for (const container of containers)
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
});

test("nothing is tried twice by default, nothing leaves the mesh undeclared, and paths are judged as they arrive", () => {
  expect(meshConfig).toMatchObject({
    defaultHttpRetryPolicy: { attempts: 0 },
    outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    pathNormalization: { normalization: "DECODE_AND_MERGE_SLASHES" },
    defaultConfig: { proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true" } },
  });
});

const callee = "outbound|3000||inventory.shop-warehouse.svc.cluster.local;";

test.each([
  `cluster.${callee}.upstream_rq_5xx`,
  `cluster.${callee}.upstream_rq_time`,
  `cluster.${callee}.upstream_rq_retry_overflow`,
  `cluster.${callee}.upstream_rq_timeout`,
  `cluster.${callee}.outlier_detection.ejections_active`,
  `cluster.${callee}.circuit_breakers.default.rq_open`,
  `cluster.${callee}.ssl.handshake`,
  "cluster.inbound|3000||;.upstream_rq_active",
  "http.inbound_0.0.0.0_3000;.downstream_rq_time",
  "http.inbound_0.0.0.0_3000;.downstream_rq_2xx",
  "http.inbound_0.0.0.0_3000;.adaptive_concurrency.gradient_controller.concurrency_limit",
  "http.outbound_0.0.0.0_8080;.fault.aborts_injected",
  "http.outbound_0.0.0.0_3000;.rq_direct_response",
  "cluster.BlackHoleCluster;.upstream_cx_none_healthy",
  "cluster.PassthroughCluster;.upstream_cx_total",
  "sheddable.http_local_rate_limit.rate_limited",
  "listener.0.0.0.0_15006.ssl.handshake",
  "listener.0.0.0.0_15006.no_filter_chain_match",
])("every Envoy keeps %s", (statistic) => {
  expect(isKept(statistic)).toBe(true);
});

test.each([
  "cluster.xds-grpc.upstream_rq_total",
  `cluster.${callee}.lb_zone_cluster_too_small`,
  `cluster.${callee}.internal.upstream_rq_time`,
  `cluster.${callee}.circuit_breakers.high.rq_open`,
  "http.admin.downstream_rq_total",
])("but not %s", (statistic) => {
  expect(isKept(statistic)).toBe(false);
});

/** Envoy's regular expressions match the whole name. */
function isKept(statistic: string): boolean {
  const { inclusionRegexps } = meshConfig.defaultConfig.proxyStatsMatcher;
  return inclusionRegexps.some((expression) => new RegExp(`^(?:${expression})$`).test(statistic));
}

test.each(["cluster", "http"])("200 ms and 500 ms are bounds of the latency buckets of %s", (prefix) => {
  const buckets = JSON.parse(injectedAnnotations["sidecar.istio.io/statsHistogramBuckets"])[prefix];
  expect(buckets).toEqual(expect.arrayContaining([200, 500]));
  expect(buckets).toEqual(buckets.toSorted((one: number, other: number) => one - other));
});

test("Prometheus may list pods and nothing else", () => {
  expect(only("ClusterRole", asked).rules).toEqual([
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
  ]);
  expect(only("ClusterRoleBinding", asked)).toMatchObject({
    roleRef: { name: only("ClusterRole", asked).metadata.name },
    subjects: [{ kind: "ServiceAccount", namespace: "prometheus", name: "prometheus" }],
  });
});

test("Prometheus asks every container that has Envoy's port of statistics, on the path that answers there", () => {
  const { data } = only("ConfigMap", asked);
  const { scrape_configs } = load(data["prometheus.yml"]) as { scrape_configs: object[] };
  expect(scrape_configs).toMatchObject([
    {
      metrics_path: "/stats/prometheus",
      kubernetes_sd_configs: [{ role: "pod" }],
      relabel_configs: expect.arrayContaining([
        {
          action: "keep",
          source_labels: ["__meta_kubernetes_pod_container_port_name"],
          regex: only("Deployment", ingress()).spec.template.spec.containers[0].ports[0].name,
        },
      ]),
    },
  ]);
});

test("what Prometheus keeps is bounded in size, and goes with its pod", () => {
  const { containers, volumes } = only("Deployment", asked).spec.template.spec;
  expect(volumes).toContainEqual({ name: "data", emptyDir: { sizeLimit: "500Mi" } });
  expect(containers[0].args).toContain("--storage.tsdb.retention.size=300MB");
  expect(only("Service", asked).spec).not.toHaveProperty("type");
});

function only(kind: string, manifests: readonly Manifest[]): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} of kind ${kind}`);
  return found[0];
}

test("upstream's object is edited in a copy, and one that upstream no longer has is missed", () => {
  const upstream = [{ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { port: 1 } }];
  const [ours] = edited(upstream, "Service", "web", (service) => {
    service.spec.port = 2;
  });
  expect([upstream[0]?.spec.port, ours?.spec.port]).toEqual([1, 2]);
  expect(() => edited(upstream, "Service", "db", () => {})).toThrow(
    "upstream's manifests have no Service db",
  );
});
