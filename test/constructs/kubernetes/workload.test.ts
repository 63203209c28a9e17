import { expect, test } from "@jest/globals";
import { environment, find, guarded, order, rendered } from "../example.ts";

const rolling = find(rendered(order()), "Deployment").spec;
const blueGreen = find(rendered(order({ rollout: { kind: "blue-green" } })), "Rollout").spec;

test("an update never takes a replica away before its successor is ready", () => {
  expect(rolling.strategy).toEqual({
    type: "RollingUpdate",
    rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" },
  });
});

test("a pod serves on before it drains, and has time for both", () => {
  const { terminationGracePeriodSeconds, containers } = rolling.template.spec;
  const { seconds } = containers[0].lifecycle.preStop.sleep;
  expect(seconds).toBeGreaterThan(0);
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 20);
});

test("an update that stands still fails within the environment's deadline; blue-green takes it back", () => {
  const deadline = environment.progressDeadline.toSeconds();
  expect([rolling.progressDeadlineSeconds, blueGreen.progressDeadlineSeconds]).toEqual([deadline, deadline]);
  expect(blueGreen.progressDeadlineAbort).toBe(true);
});

test.each([
  ["rolling", rolling, "pod-template-hash"],
  ["blue-green", blueGreen, "rollouts-pod-template-hash"],
])("the pods of a version of a %s service spread over zones and nodes", (_, spec, hash) => {
  expect(spec.template.spec.topologySpreadConstraints).toEqual(
    ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      nodeTaintsPolicy: "Honor",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: spec.selector.matchLabels },
      matchLabelKeys: [hash],
    })),
  );
});

test("where zones are required, no pod is scheduled without", () => {
  const [zone] = find(rendered(order(), guarded), "Deployment").spec.template.spec.topologySpreadConstraints;
  expect(zone.whenUnsatisfiable).toBe("DoNotSchedule");
});

test("a selector holds nothing that a new image or owner would change", () => {
  const newer = { ...environment, images: { order: "images.example/order:2" } };
  const changed = find(rendered(order({ owner: "rental" }), newer), "Deployment").spec;
  expect(changed.selector).toEqual(rolling.selector);
  expect(changed.template.metadata.labels["app.kubernetes.io/version"]).toBe("2");
});

test("the container knows its port, what it is asked there, and its name", () => {
  expect(rolling.template.spec.containers[0].env).toEqual([
    { name: "PORT", value: "3000" },
    { name: "PROTOCOL", value: "rest" },
    { name: "REQUESTS", value: "GET|HEAD|OPTIONS|PUT|DELETE /*, POST|PATCH /*" },
    { name: "OTEL_SERVICE_NAME", value: "order" },
  ]);
});
