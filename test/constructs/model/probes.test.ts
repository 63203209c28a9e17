import { expect, test } from "@jest/globals";
import { Duration, grpc } from "../../../constructs/index.ts";
import { order, problems, resolved } from "../example.ts";

test("a service that says nothing answers under /health and starts within a minute", () => {
  expect(resolved(order()).probes).toEqual({
    startup: "/health/startup",
    readiness: "/health/ready",
    liveness: "/health/live",
    startupTimeout: Duration.seconds(60),
  });
});

test("a path begins with / and holds no blank", () => {
  const rule = "but must be a URL path; begin it with / and escape what a URL cannot hold";
  expect(problems([order({ probes: { startup: "health", readiness: "/a b" } })])).toEqual([
    `order: probes.startup is health, ${rule}`,
    `order: probes.readiness is /a b, ${rule}`,
  ]);
});

test("a start that outlasts the update's deadline is refused", () => {
  expect(problems([order({ probes: { startupTimeout: Duration.minutes(2) } })])).toEqual([
    "order: probes.startupTimeout is 2 min, but an update of dev fails after 90 s without progress; lower it, or raise the environment's progressDeadline",
  ]);
});

test("a gRPC service is asked for the health of three services, unless it names others", () => {
  const api = grpc({ port: 4000 });
  expect(resolved(order({ api, probes: { liveness: "" } })).probes).toMatchObject({
    startup: "startup",
    readiness: "readiness",
    liveness: "",
  });
  expect(problems([order({ api, probes: { readiness: "/health/ready" } })])).toEqual([
    "order: probes.readiness is /health/ready, but must be the name of a health service; use letters, digits, dots and dashes",
  ]);
});
