import { dump } from "js-yaml";
import type { Manifest } from "./manifest.ts";
import { restrictedNamespace } from "./restricted-namespace.ts";

const name = "prometheus";
const labels = { app: name };
const metadata = { name, namespace: name };

/** The port on which every Envoy of Istio's tells its statistics, beside the mesh: mutual TLS does not guard it. */
const envoyPort = "http-envoy-prom";

/** Prometheus, which asks every Envoy of the mesh. It sees pods and nothing else, and forgets with its pod. */
export function prometheus(image: string): Manifest[] {
  return [
    restrictedNamespace(name),
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...mayListPods(),
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "prometheus.yml": dump(configuration) } },
    deployment(image),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 9090, appProtocol: "http" }] },
    },
  ];
}

function mayListPods(): Manifest[] {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }],
    },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
  ];
}

const pod = "__meta_kubernetes_pod";

const configuration = {
  // Breakers open and close within seconds, and rates are taken over a few samples.
  global: { scrape_interval: "5s", scrape_timeout: "4s" },
  scrape_configs: [
    {
      job_name: "envoy",
      metrics_path: "/stats/prometheus",
      kubernetes_sd_configs: [{ role: "pod" }],
      relabel_configs: [
        { action: "keep", source_labels: [`${pod}_container_port_name`], regex: envoyPort },
        { action: "keep", source_labels: [`${pod}_phase`], regex: "Running" },
        { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
        { source_labels: [`${pod}_name`], target_label: "pod" },
        { source_labels: [`${pod}_label_app_kubernetes_io_name`], target_label: "app" },
      ],
    },
  ],
};

function deployment(image: string): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      // Two of them would each know half.
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          securityContext: { fsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
          containers: [container(image)],
          volumes: [
            { name: "config", configMap: { name } },
            { name: "data", emptyDir: { sizeLimit: "500Mi" } },
          ],
        },
      },
    },
  };
}

function container(image: string): object {
  return {
    name,
    image,
    args: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--config.auto-reload",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=6h",
      "--storage.tsdb.retention.size=300MB",
      "--web.listen-address=:9090",
    ],
    ports: [{ name: "http", containerPort: 9090 }],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
    readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 1 },
    volumeMounts: [
      { name: "config", mountPath: "/etc/prometheus", readOnly: true },
      { name: "data", mountPath: "/prometheus" },
    ],
  };
}
