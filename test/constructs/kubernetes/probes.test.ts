import { expect, test } from "@jest/globals";
import { Duration } from "../../../constructs/index.ts";
import { find, order, rendered } from "../example.ts";

test("three probes ask over HTTP, and a slow start has its time", () => {
  const probes = { readiness: "/up", startupTimeout: Duration.seconds(31) };
  const [container] = find(rendered(order({ probes })), "Deployment").spec.template.spec.containers;
  expect(container).toMatchObject({
    startupProbe: {
      httpGet: { path: "/health/startup", port: "http" },
      periodSeconds: 2,
      failureThreshold: 16,
    },
    readinessProbe: { httpGet: { path: "/up", port: "http" } },
    livenessProbe: { httpGet: { path: "/health/live", port: "http" } },
  });
});
