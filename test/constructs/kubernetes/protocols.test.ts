import { expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  Duration,
  type GrpcMethods,
  graphql,
  grpc,
  render,
  resolve,
  rest,
} from "../../../constructs/index.ts";
import { find, meshed, order, other, rendered } from "../example.ts";

const methods: GrpcMethods = {
  "shop.v1.Inventory/Get": { idempotent: true },
  "shop.v1.Inventory/Put": {},
  "shop.v1.Inventory/Watch": { streaming: true },
};

/** What order renders, which calls inventory. */
function calling(api: object) {
  const options = { attempts: 2, timeout: Duration.millis(200) };
  const shop = [
    order({ calls: () => [call(new ApiReference("inventory"), options)] }),
    other("inventory", { api }),
  ];
  return render(resolve(shop, meshed))[0] as never;
}

// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
const routes = (api: object): any[] => find(calling(api), "VirtualService").spec.http;

test.each([
  { api: rest({ port: 4000 }), spoken: "http" },
  { api: graphql({ port: 4000 }), spoken: "http" },
  { api: grpc({ port: 4000 }), spoken: "grpc" },
])("the mesh and the pod know that $api.kind is $spoken", ({ api, spoken }) => {
  const service = rendered(order({ api, rollout: { kind: "blue-green" } }));
  const [container] = find(service, "Rollout").spec.template.spec.containers;
  expect(container.ports).toEqual([{ name: spoken, containerPort: 4000, protocol: "TCP" }]);
  const port = { name: spoken, port: 4000, targetPort: spoken, protocol: "TCP", appProtocol: spoken };
  for (const name of ["order", "order-preview"])
    expect(find(service, "Service", name).spec.ports).toEqual([port]);
});

test("a gRPC replica is asked for its health by gRPC, each probe for a service of its own", () => {
  const probes = { readiness: "inventory-readiness" };
  const [container] = find(rendered(order({ api: grpc({ port: 4000 }), probes })), "Deployment").spec.template
    .spec.containers;
  expect(container).toMatchObject({
    startupProbe: { grpc: { port: 4000, service: "startup" }, timeoutSeconds: 2 },
    readinessProbe: { grpc: { port: 4000, service: "inventory-readiness" } },
    livenessProbe: { grpc: { port: 4000, service: "liveness" } },
  });
  expect(JSON.stringify(container)).not.toContain("httpGet");
});

test("a gRPC method has a route of its own, and only an idempotent one is asked again", () => {
  const [get, put, watch, undeclared] = [...routes(grpc({ port: 4000, requests: methods }))].sort((a, b) =>
    a.name === "undeclared" ? 1 : a.name.localeCompare(b.name),
  );
  expect(get).toMatchObject({
    match: [{ uri: { exact: "/shop.v1.Inventory/Get" }, method: { exact: "POST" } }],
    timeout: "425ms",
    retries: { attempts: 1, perTryTimeout: "200ms" },
  });
  expect(put).toMatchObject({ timeout: "200ms", retries: { attempts: 0 } });
  expect([watch.name, watch.retries]).toEqual(["shop.v1.Inventory/Watch", { attempts: 0 }]);
  expect(undeclared.directResponse.status).toBe(403);
});

test("a stream is not cut by a timeout", () => {
  const api = grpc({ port: 4000, requests: methods });
  const watch = routes(api).find(({ name }) => name === "shop.v1.Inventory/Watch");
  expect(watch).not.toHaveProperty("timeout");
});

test("gRPC is asked again by its own status, and never when the time is over or there is too much to do", () => {
  const retryOn = (api: object) =>
    routes(api)
      .find(({ retries }) => retries?.attempts > 0)
      .retries.retryOn.split(",");
  expect(retryOn(grpc({ port: 4000, requests: methods }))).toEqual(
    expect.arrayContaining(["unavailable", "cancelled", "reset"]),
  );
  expect(retryOn(grpc({ port: 4000, requests: methods }))).not.toContain("deadline-exceeded");
  expect(retryOn(grpc({ port: 4000, requests: methods }))).not.toContain("resource-exhausted");
  expect(retryOn(graphql({ port: 4000 }))).toEqual(retryOn(rest({ port: 4000 })));
});

test("a caller may ask the methods that it declares, by POST", () => {
  const policy = find(
    calling(grpc({ port: 4000, requests: { "shop.v1.Inventory/*": { idempotent: true } } })),
    "AuthorizationPolicy",
    "from-order",
  );
  expect(policy.spec.rules[0].to).toEqual([
    { operation: { ports: ["4000"], methods: ["POST"], paths: ["/shop.v1.Inventory/*"] } },
  ]);
});

test("the container is told where gRPC's own clients look, and GraphQL with its path", () => {
  const told = (api: object) =>
    find(calling(api), "Deployment").spec.template.spec.containers[0].env.find(
      ({ name }: { name: string }) => name === "INVENTORY_URL",
    ).value;
  const requests = { "shop.v1.Inventory/Get": { idempotent: true } } as const;
  expect(told(grpc({ port: 4000, requests }))).toBe("dns:///inventory.dev-inventory.svc:4000");
  expect(told(graphql({ port: 4000 }))).toBe("http://inventory.dev-inventory.svc:4000/graphql");
});
