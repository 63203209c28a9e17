import { expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  postgres,
  type RequestName,
  render,
  resolve,
  rest,
} from "../../../constructs/index.ts";
import { allowed } from "../../../constructs/kubernetes/authorization.ts";
import { environment, find, meshed, names, order, other, rendered, resolved } from "../example.ts";

const inventory = new ApiReference("inventory");

/** order, which asks these of inventory. */
function asking(...requests: RequestName[]) {
  const classes = Object.fromEntries(requests.map((name) => [name, {}]));
  const shop = [
    order({ calls: () => [call(inventory, { requests })] }),
    other("inventory", { api: rest({ port: 4000, requests: { ...classes, "DELETE /items": {} } }) }),
  ];
  return find(render(resolve(shop, meshed))[0] as never, "AuthorizationPolicy", "from-order");
}

test("without a mesh there is nothing of it", () => {
  const { manifests } = rendered(order({ database: postgres() }), environment);
  expect(manifests.filter(({ apiVersion }) => apiVersion.includes("istio.io"))).toEqual([]);
});

test("nobody is heard without an identity, and nobody is allowed anything by default", () => {
  const service = rendered(order(), meshed);
  expect(find(service, "PeerAuthentication").spec).toEqual({ mtls: { mode: "STRICT" } });
  expect(find(service, "AuthorizationPolicy", "default-deny").spec).toEqual({});
  expect(find(service, "Namespace").metadata.labels["istio-injection"]).toBe("enabled");
});

test("an edge allows its caller's identity the methods and paths that it asks, and the caller owns that", () => {
  const policy = asking("GET /items/{sku}", "POST /reservations");
  expect(policy.metadata).toMatchObject({
    namespace: "dev-inventory",
    labels: { "app.kubernetes.io/name": "order" },
  });
  expect(policy.spec).toEqual({
    selector: {
      matchLabels: { "app.kubernetes.io/name": "inventory", "app.kubernetes.io/component": "service" },
    },
    action: "ALLOW",
    rules: [
      {
        from: [{ source: { principals: ["cluster.local/ns/dev-order/sa/order"] } }],
        to: [
          { operation: { ports: ["4000"], methods: ["GET"], paths: ["/items/{*}"] } },
          { operation: { ports: ["4000"], methods: ["POST"], paths: ["/reservations"] } },
        ],
      },
    ],
  });
});

test.each<[RequestName, string]>([
  ["GET /", "/"],
  ["GET /*", "/*"],
  ["GET /items/*", "/items/*"],
  ["GET /items/{sku}/pictures", "/items/{*}/pictures"],
  ["GET /items/{sku}/pictures/*", "/items/{*}/pictures/{**}"],
])("%s is allowed as %s", (name, path) => {
  expect(asking(name).spec.rules[0].to[0].operation.paths).toEqual([path]);
});

test("an edge that asks nothing is a defect, for Istio would allow it everything", () => {
  const to = { service: "inventory", namespace: "dev-inventory", components: ["service"] } as const;
  expect(() => allowed(resolved(order(), meshed), "from-order", to, ["*"], 4000, [])).toThrow(
    "defect: an edge that asks nothing would be allowed everything",
  );
});

test("a database hears its service and its migration alone, whatever they ask", () => {
  const service = rendered(order({ database: postgres({ migrations: { args: ["migrate"] } }) }), meshed);
  const policy = find(service, "AuthorizationPolicy", "database-from-service");
  expect(policy.spec.rules).toEqual([
    {
      from: [
        {
          source: {
            principals: [
              "cluster.local/ns/dev-order/sa/order",
              "cluster.local/ns/dev-order/sa/order-migration",
            ],
          },
        },
      ],
      to: [{ operation: { ports: ["5432"] } }],
    },
  ]);
  expect(names(service, "AuthorizationPolicy")).toEqual(["default-deny", "database-from-service"]);
  // Else the proxy waits for the client's first word, and PostgreSQL's client for the server's.
  expect(find(service, "Service", "order-database").spec.ports[0].appProtocol).toBe("tcp");
});
