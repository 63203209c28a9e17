import { expect, test } from "@jest/globals";
import { coredns } from "../../../tools/cluster/platform/coredns.ts";
import { installation } from "../../../tools/cluster/platform/istio.ts";
import { edited } from "../../../tools/cluster/platform/manifest.ts";

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
