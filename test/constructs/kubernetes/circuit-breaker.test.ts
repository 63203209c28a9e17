import { expect, test } from "@jest/globals";
import { ApiReference, call, Duration, render, resolve, rest } from "../../../constructs/index.ts";
import { find, meshed, order, other, rendered } from "../example.ts";

test("the breaker opens for the whole service, and is looked after each second", () => {
  const circuitBreaker = { consecutive5xxErrors: 3, baseEjectionTime: Duration.seconds(10) };
  const { host, trafficPolicy } = find(
    rendered(order({ api: rest({ port: 3000, circuitBreaker }) }), meshed),
    "DestinationRule",
  ).spec;
  expect(host).toBe("order.dev-order.svc.cluster.local");
  expect(trafficPolicy.outlierDetection).toEqual({
    consecutive5xxErrors: 3,
    baseEjectionTime: "10s",
    interval: "1s",
    maxEjectionPercent: 100,
    minHealthPercent: 0,
  });
});

test("a breaker opens again as fast, and for as long, as the first time", () => {
  const circuitBreaker = { baseEjectionTime: Duration.seconds(12) };
  const shop = [
    order({ calls: () => [call(new ApiReference("inventory"))] }),
    other("inventory", { api: rest({ port: 4000, circuitBreaker }) }),
  ];
  const caller = render(resolve(shop, meshed))[0] as never;
  const { metadata, spec } = find(caller, "EnvoyFilter", "to-inventory");
  expect([metadata.namespace, metadata.name]).toEqual(["dev-order", "to-inventory"]);
  expect(spec.configPatches).toEqual([
    {
      applyTo: "CLUSTER",
      match: {
        context: "SIDECAR_OUTBOUND",
        cluster: { service: "inventory.dev-inventory.svc.cluster.local" },
      },
      patch: {
        operation: "MERGE",
        value: {
          outlier_detection: { max_ejection_time: "12s" },
          common_lb_config: { update_merge_window: "0s" },
        },
      },
    },
  ]);
});
