import { expect, test } from "@jest/globals";
import { Duration, get } from "../../../constructs/index.ts";
import { find, meshed, names, order, rendered } from "../example.ts";

const blueGreen = (more: object = {}) => rendered(order({ rollout: { kind: "blue-green", ...more } }));
const strategy = (more: object = {}) => find(blueGreen(more), "Rollout").spec.strategy.blueGreen;

test("green is reached through a Service of its own", () => {
  expect(strategy()).toMatchObject({ activeService: "order", previewService: "order-preview" });
  expect(names(blueGreen(), "Service")).toEqual(["order", "order-preview"]);
});

test("an automatic promotion waits as long as it says, a manual one for a person", () => {
  expect(strategy()).toMatchObject({ autoPromotionEnabled: true });
  expect(strategy()).not.toHaveProperty("autoPromotionSeconds");
  expect(strategy({ promotion: { kind: "automatic", after: Duration.minutes(1) } })).toMatchObject({
    autoPromotionEnabled: true,
    autoPromotionSeconds: 60,
  });
  expect(strategy({ promotion: { kind: "manual" } })).toMatchObject({ autoPromotionEnabled: false });
});

test("blue is kept for a while after the switch", () => {
  expect(strategy({ keepBlue: Duration.minutes(2) }).scaleDownDelaySeconds).toBe(120);
});

test("a smoke test asks green, before it gets traffic, from pods of its own", () => {
  const service = blueGreen({ smokeTest: [get("/orders"), get("/health/ready")] });
  expect(find(service, "Rollout").spec.strategy.blueGreen.prePromotionAnalysis).toEqual({
    templates: [{ templateName: "order-smoke-test" }],
  });
  const { metrics } = find(service, "AnalysisTemplate", "order-smoke-test").spec;
  expect(metrics).toHaveLength(2);
  const { template } = metrics[0].provider.job.spec;
  expect(template.spec.containers[0].command.at(-1)).toBe("http://order-preview.dev-order.svc:3000/orders");
  expect(template.spec.serviceAccountName).toBe("order-smoke-test");
  expect(template.metadata.labels["app.kubernetes.io/component"]).toBe("smoke-test");
});

test("smoke-test pods may reach their service, and it admits them", () => {
  const service = blueGreen({ smokeTest: [get("/orders")] });
  const out = find(service, "NetworkPolicy", "smoke-test-to-service").spec;
  const into = find(service, "NetworkPolicy", "service-from-smoke-test").spec;
  expect(out.podSelector).toEqual(into.ingress[0].from[0].podSelector);
  expect(into.podSelector).toEqual(out.egress[0].to[0].podSelector);
});

test("in a mesh they may ask what the smoke test asks, with any query, and nothing else", () => {
  const smokeTest = [get("/health/ready"), get("/orders?page=1"), get("/orders?page=2")];
  const service = rendered(order({ rollout: { kind: "blue-green", smokeTest } }), meshed);
  expect(find(service, "AuthorizationPolicy", "service-from-smoke-test").spec.rules).toEqual([
    {
      from: [{ source: { principals: ["cluster.local/ns/dev-order/sa/order-smoke-test"] } }],
      to: [
        { operation: { ports: ["3000"], methods: ["GET"], paths: ["/health/ready"] } },
        { operation: { ports: ["3000"], methods: ["GET"], paths: ["/orders"] } },
      ],
    },
  ]);
});

test("a service without a smoke test has no analysis", () => {
  expect(strategy()).not.toHaveProperty("prePromotionAnalysis");
  expect(names(blueGreen(), "AnalysisTemplate")).toEqual([]);
});
