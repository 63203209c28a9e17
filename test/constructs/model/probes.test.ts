import { expect, test } from "@jest/globals";
import { Duration } from "../../../constructs/index.ts";
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
