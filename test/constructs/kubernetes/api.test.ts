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
