import { expect, test } from "@jest/globals";
import { render, resolve, rest } from "../../../constructs/index.ts";
import { find, meshed, names, order, rendered } from "../example.ts";

const open = order({
  api: rest({ port: 3000, public: ["GET /orders", "GET /orders/{id}", "POST /orders"] }),
});

test("what is public is routed from the gateway, once and within 20 s", () => {
  const { metadata, spec } = find(rendered(open, meshed), "VirtualService", "public");
  expect(metadata.namespace).toBe("dev-order");
  expect(spec).toEqual({
    hosts: ["*"],
    gateways: ["istio-ingress/shop"],
    exportTo: ["istio-ingress"],
    http: [
      {
        name: "public",
        match: [
          { uri: { exact: "/orders" }, method: { exact: "GET" } },
          { uri: { regex: "/orders/[^/]+" }, method: { exact: "GET" } },
          { uri: { exact: "/orders" }, method: { exact: "POST" } },
        ],
        route: [{ destination: { host: "order.dev-order.svc.cluster.local", port: { number: 3000 } } }],
        timeout: "20000ms",
        retries: { attempts: 0 },
      },
    ],
  });
});

test("the gateway is allowed exactly that, by its own identity", () => {
  expect(find(rendered(open, meshed), "AuthorizationPolicy", "public").spec).toEqual({
    selector: {
      matchLabels: { "app.kubernetes.io/name": "order", "app.kubernetes.io/component": "service" },
    },
    action: "ALLOW",
    rules: [
      {
        from: [{ source: { principals: ["cluster.local/ns/istio-ingress/sa/ingress"] } }],
        to: [
          { operation: { ports: ["3000"], methods: ["GET"], paths: ["/orders"] } },
          { operation: { ports: ["3000"], methods: ["GET"], paths: ["/orders/{*}"] } },
          { operation: { ports: ["3000"], methods: ["POST"], paths: ["/orders"] } },
        ],
      },
    ],
  });
});

test("its pods are admitted to the pods of the service, and to no others", () => {
  expect(find(rendered(open, meshed), "NetworkPolicy", "public").spec).toEqual({
    podSelector: {
      matchLabels: { "app.kubernetes.io/name": "order" },
      matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["service"] }],
    },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "istio-ingress" } },
            podSelector: { matchLabels: { istio: "ingress" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 3000 }],
      },
    ],
  });
});

test("the gateway keeps to the service's policy, but for its breaker, which would close what needs nobody else, and waits longer for a connection, as it has one try", () => {
  const service = rendered(open, meshed);
  const { spec } = find(service, "DestinationRule", "order");
  const { metadata, spec: atGateway } = find(service, "DestinationRule", "to-dev-order");
  // The rule of a proxy's own namespace goes before the service's.
  expect(metadata.namespace).toBe("istio-ingress");
  const { outlierDetection, ...rest } = spec.trafficPolicy;
  expect(outlierDetection.consecutive5xxErrors).toBe(5);
  const { connectTimeout, ...tcp } = rest.connectionPool.tcp;
  expect(connectTimeout).toBe("250ms");
  const connectionPool = { ...rest.connectionPool, tcp: { ...tcp, connectTimeout: "1s" } };
  expect(atGateway).toEqual({
    host: spec.host,
    exportTo: ["."],
    trafficPolicy: { ...rest, connectionPool },
  });
});

test.each([
  ["nothing is public", order(), meshed],
  ["there is no gateway", open, { ...meshed, gateway: { kind: "none" } as const }],
])("where %s, nothing is opened", (_, service, where) => {
  const plain = render(resolve([order()], { ...meshed, gateway: { kind: "none" } }))[0];
  const kinds = ["VirtualService", "AuthorizationPolicy", "NetworkPolicy", "DestinationRule"];
  for (const kind of kinds)
    expect(names(rendered(service, where), kind)).toEqual(names(plain as never, kind));
});
