import { expect, test } from "@jest/globals";
import { rest } from "../../../constructs/index.ts";
import { environment, find, order, rendered } from "../example.ts";

test("the Service leads to the application's pods and to no other component", () => {
  expect(find(rendered(order({ api: rest({ port: 4000 }) })), "Service").spec).toEqual({
    selector: { "app.kubernetes.io/name": "order", "app.kubernetes.io/component": "service" },
    ports: [{ name: "http", port: 4000, targetPort: "http", protocol: "TCP", appProtocol: "http" }],
  });
});

test("requests stay in their zone where each zone has its replicas, and nowhere else", () => {
  const distribution = (zoneSpread: "required" | "preferred") =>
    find(rendered(order(), { ...environment, zoneSpread }), "Service").spec.trafficDistribution;
  expect(distribution("required")).toBe("PreferSameZone");
  expect(distribution("preferred")).toBeUndefined();
});

test("Consul's catalog sync is told the services that the environment names, and no preview of them", () => {
  const annotations = (consul: object, name = "order") =>
    Object.fromEntries(
      Object.entries(
        find(
          rendered(order({ rollout: { kind: "blue-green" } }), { ...environment, consul } as never),
          "Service",
          name,
        ).metadata.annotations,
      ).filter(([key]) => key.startsWith("consul.")),
    );
  expect(annotations({})).toEqual({});
  expect(annotations({ order: {} })).toEqual({
    "consul.hashicorp.com/service-sync": "true",
    "consul.hashicorp.com/service-name": "order",
    "consul.hashicorp.com/service-port": "http",
  });
  expect(annotations({ order: { name: "shop-orders", tags: ["v1", "eu"] } })).toMatchObject({
    "consul.hashicorp.com/service-name": "shop-orders",
    "consul.hashicorp.com/service-tags": "v1,eu",
  });
  expect(annotations({ order: {} }, "order-preview")).toEqual({});
});
